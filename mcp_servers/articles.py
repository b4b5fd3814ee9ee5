"""The help articles and their full-text search."""

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from mcp_servers.records import DATA, open_memory

ARTICLE = re.compile(r"(?P<id>\S+)\ntitle: (?P<title>[^\n]+)\nkeywords: (?P<keywords>[^\n]+)\n(?P<text>.+)", re.DOTALL)
SCHEMA = """
CREATE VIRTUAL TABLE article USING fts5(
    id UNINDEXED, title, keywords, text, tokenize = "porter unicode61 remove_diacritics 2"
);"""
# A title says what an article is about; its text mentions many other things.
SEARCH = """
SELECT id, title, text FROM article WHERE article MATCH ? ORDER BY bm25(article, 0, 8.0, 5.0, 1.0), id LIMIT ?"""


def words(text: str) -> list[str]:
    """Letters and digits only, so that nothing of FTS5's query language gets through."""
    joined = text.lower().replace("wi-fi", "wifi").replace("e-sim", "esim")
    return re.findall(r"[a-z0-9]+", re.sub(r"['\u2019]", "", joined))


STOP_WORDS = frozenset(
    words(
        """
        a about actually after all also am an and any anyone anything are as at be because been before being but by
        came can cant come could did didnt do does doesnt doing dont else ever for from get gets getting give given
        go goes going got had happen happens has have having he hello help her here hi his how i id if ill im in
        into is isnt it its ive just know let like look make many may me mean might mine much must my need needs now
        of off ok on one only or other our out over own please put really said say see she should so some somebody
        someone something still sure take tell than thank thanks that thats the their them then there these they
        thing things this those to too try trying up us use used using very want wants was way we were what whats
        when where which while who whose why will wish with without wont work works would yes you your
        """
    )
)


@dataclass(frozen=True)
class Article:
    id: str
    title: str
    text: str

    @property
    def answer(self) -> str:
        """The first line answers; the rest says more."""
        return self.text.split("\n", 1)[0]


class Articles:
    def __init__(self) -> None:
        self._connection = open_memory(SCHEMA)
        sections = (DATA / "faq.md").read_text("utf-8").removeprefix("## ").split("\n## ")
        found = [match.groupdict() for match in map(ARTICLE.match, sections) if match]
        rows = [(row["id"], row["title"], row["keywords"], row["text"].strip()) for row in found]
        self._connection.executemany("INSERT INTO article VALUES (?, ?, ?, ?)", rows)
        self._connection.commit()
        self._words = {word for row in rows for text in row[1:] for word in words(text)}

    def get(self, article_id: str) -> Article | None:
        found = self._query("SELECT id, title, text FROM article WHERE id = ?", article_id)
        return found[0] if found else None

    @property
    def ids(self) -> list[str]:
        return [row["id"] for row in self._connection.execute("SELECT id FROM article").fetchall()]

    def search(self, question: str, limit: int = 4) -> list[Article]:
        """Best first. Empty unless an article's title or keywords have a word of the question that says something."""
        asked = [self._corrected(word) for word in dict.fromkeys(words(question)) if word not in STOP_WORDS][:24]
        quoted = " OR ".join(f'"{word}"' for word in asked)
        if not quoted or not self._query(SEARCH, f"{{title keywords}} : ({quoted})", 1):
            return []
        return self._query(SEARCH, quoted, limit)

    def _corrected(self, word: str) -> str:
        """ "voicmail" -> "voicemail"; a word that resembles none of ours stays what it is."""
        if word in self._words or len(word) < 5:
            return word
        candidates = [known for known in self._words if known[0] == word[0] and abs(len(known) - len(word)) <= 2]
        return next(iter(get_close_matches(word, candidates, n=1, cutoff=0.84)), word)

    def _query(self, sql: str, *values: str | int) -> list[Article]:
        rows: Sequence[sqlite3.Row] = self._connection.execute(sql, values).fetchall()
        return [Article(row["id"], row["title"], row["text"]) for row in rows]
