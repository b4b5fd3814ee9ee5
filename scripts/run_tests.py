"""Every test: pytest for units, Behave for the contract. Prints the runners' own closing lines."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUNNERS = (
    [sys.executable, "-m", "pytest"],
    [sys.executable, "-m", "behave", "tests/features"],
)


def main() -> int:
    codes = [subprocess.run(command, cwd=ROOT, check=False).returncode for command in RUNNERS]
    return 1 if any(codes) else 0  # a runner that was killed has a negative one


if __name__ == "__main__":
    sys.exit(main())
