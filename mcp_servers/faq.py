from difflib import get_close_matches
from typing import Annotated

from pydantic import BaseModel, Field

from mcp_servers.articles import Articles
from mcp_servers.months import Clock
from mcp_servers.toolkit import Refusal, Result, tool
from mcp_servers.wording import joined

NOTHING = "There is no help article about that."


class ArticleTitle(BaseModel):
    id: str
    title: str


class ArticleResult(Result):
    id: str
    title: str
    text: str


class SearchResult(Result):
    found: bool
    id: str | None = None
    title: str | None = None
    text: str | None = None
    other_articles: list[ArticleTitle]


class Faq:
    """Help articles about phones, SIMs, the network, paying, contracts and contacting us."""

    def __init__(self, today: Clock) -> None:
        self._articles = Articles()

    @tool("our help articles")
    async def search_faq(
        self,
        question: Annotated[
            str, Field(min_length=1, max_length=500, description="The customer's question in their own words")
        ],
    ) -> SearchResult:
        """Answers how-to and general questions: set-up, SIM, eSIM, network, paying, contracts, cancelling, contact."""
        found = self._articles.search(question)
        if not found:
            return SearchResult(summary=NOTHING, found=False, other_articles=[])
        best, *others = found
        return SearchResult(
            summary=best.answer,
            found=True,
            id=best.id,
            title=best.title,
            text=best.text,
            other_articles=[ArticleTitle(id=other.id, title=other.title) for other in others],
        )

    @tool("a help article")
    async def get_article(
        self, id: Annotated[str, Field(min_length=1, max_length=60, description="Id of an article that a search named")]
    ) -> ArticleResult:
        """The full text of one help article by its id."""
        article = self._articles.get(id.strip().lower())
        if article is None:
            close = get_close_matches(id.strip().lower(), self._articles.ids, n=3, cutoff=0.5)
            raise Refusal(NOTHING + (f" Did you mean {joined(close, last='or')}?" if close else ""))
        return ArticleResult(summary=article.answer, id=article.id, title=article.title, text=article.text)
