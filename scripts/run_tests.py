"""Every test: pytest for units, Behave for the contract. Prints the runners' own closing lines."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNNERS = (
    [sys.executable, "-m", "pytest"],
    [sys.executable, "-m", "tests.run_features"],
)


def main() -> int:
    return max(subprocess.run(command, cwd=ROOT, check=False).returncode for command in RUNNERS)


if __name__ == "__main__":
    sys.exit(main())
