"""One message without its history: which agents its clauses ask for."""

from collections.abc import Iterator

from agents.offline.planning.clauses import Clause, clauses
from agents.offline.planning.decision import Decision, Part
from agents.offline.planning.elsewhere import is_elsewhere
from agents.offline.planning.grouping import BESIDE, INSIDE, Group, Grouper, by_sentence
from agents.offline.planning.guards import Guard, names_a_person, spelled_out, suspected
from agents.offline.planning.judging import PLACES, Judge, Judgement
from agents.offline.planning.patterns import pattern
from agents.offline.planning.smalltalk import manner
from agents.offline.text import clean, fold

_ALONE, _STORY, _LONG = 0.35, 0.75, 24
_TOSS_UP, _TOSS_UP_MARGIN, _TOSS_UP_WORDS = 0.38, 0.1, 5
_PLACED, _PLACED_WORDS = 0.2, 8
_POINTING, _NOT_OURS = pattern("pointing"), pattern("elsewhere_there")
_VOTES = tuple((pattern(name), pattern(f"{name}_means").pattern.split()) for name in ("bill_item", "some_bill"))
_VOTED_WORDS = 14
_UNHEARD, _UNHEARD_MEANS, _UNHEARD_WORDS = pattern("unheard"), pattern("unheard_means").pattern.split(), 10
_LONGEST_POINTER, _SHORTEST_ATTACK = 5, 4


class Decider:
    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._grouper = Grouper(judge)

    def decide(self, message: str) -> Decision:
        text = clean(message)
        words = tuple(self._judge.language.words(text))
        texts = [word.text for word in words]
        whole = self._judge.judge(texts[:400])
        found = clauses(text, list(words))
        if whole.is_example and whole.best:
            return Decision(text, words, (Part(whole.best, whole.score, ()),), whole.inside, is_example=True)
        if guard := self._guard(text, whole, found):
            return Decision(text, words, guard=guard)
        if kind := manner(texts):
            return Decision(text, words, manner=kind)
        if self._points_at_nothing(texts):
            return Decision(text, words)
        if is_elsewhere(fold(text), texts):
            return Decision(text, words, elsewhere=True)
        parts = self._voted(found, texts) or tuple(self._parts(found, whole, len(words)))
        parts = parts or self._of_a_place(texts, whole) or self._of_a_product(texts)
        inside = max([whole.inside, *(part.score for part in parts)])
        missing = not parts and whole.missing >= INSIDE
        scores = tuple(sorted(whole.scores.items(), key=lambda pair: -pair[1]))
        choice = tuple(name for name, _ in scores[:2]) if _is_a_toss_up(texts, scores, parts) else ()
        known = tuple(dict.fromkeys(word for word in texts if self._judge.is_ours(word)))[:3]
        return Decision(text, words, parts, inside, missing=missing, scores=scores, choice=choice, known=known)

    def _voted(self, found: list[Clause], texts: list[str]) -> tuple[Part, ...]:
        """Where the words around a name mislead the heads: one item of a bill, the price behind a journey."""
        if len(texts) > _VOTED_WORDS:
            return ()
        before = [text for clause in found[:-1] for text in clause.texts]
        place = not PLACES.isdisjoint(before)
        if place and self._grouper.is_afterthought(found[-1].texts):
            told = self._judge.judge(before)
            if told.score >= BESIDE and told.best == self._judge.judge(["<country>"]).best and told.best:
                return (Part(told.best, told.score, ()),)
        for named, means in _VOTES:
            if named.search(" ".join(texts)) and PLACES.isdisjoint(texts):
                meant = self._judge.judge(means)
                return (Part(meant.best, meant.score, ()),) if meant.best and meant.score >= _STORY else ()
        return ()

    def _of_a_place(self, texts: list[str], whole: Judgement) -> tuple[Part, ...]:
        """ "I'm going to Portugal" is for who answers a country's name alone, unless it speaks of something else."""
        named = [text for text in texts if text in PLACES and not _NOT_OURS.search(" ".join(texts))]
        known = not any(self._judge.is_of_other_trade(text) or self._judge.is_new(text) for text in texts)
        alone = self._judge.judge(["<country>"])
        sure = len(texts) <= _PLACED_WORDS and known and whole.inside >= _PLACED and alone.inside >= INSIDE
        return (Part(alone.best, INSIDE, ()),) if named and sure and alone.best else ()

    def _of_a_product(self, texts: list[str]) -> tuple[Part, ...]:
        """ "How much is the Pulse 30?" is for who knows the plans."""
        if len(texts) > _UNHEARD_WORDS or any(self._judge.is_of_other_trade(text) for text in texts):
            return ()
        named = " ".join("<new>" if self._judge.is_new(text) else text for text in texts)
        meant = self._judge.judge(_UNHEARD_MEANS)
        return (Part(meant.best, INSIDE, ()),) if meant.best and _UNHEARD.search(named) else ()

    def _points_at_nothing(self, texts: list[str]) -> bool:
        """ "The second one" means nothing by itself."""
        plain = len(texts) <= _LONGEST_POINTER and all(
            self._judge.is_plain(text) and text not in PLACES for text in texts
        )
        return plain and bool(_POINTING.search(" ".join(texts)))

    def _guard(self, text: str, whole: Judgement, found: list[Clause]) -> Guard | None:
        if guard := spelled_out(fold(text)):
            return guard
        if names_a_person(text, self._judge.language.lexicon.names):
            return Guard.OTHER_PERSON
        told = [said for said in _sentences(found) if len(said) >= _SHORTEST_ATTACK and not self._is_plain(said)]
        sentences = [self._judge.judge(sentence) for sentence in told] if len(found) > 1 else []
        words = [text for clause in found for text in clause.texts]
        if len(words) < _SHORTEST_ATTACK or self._is_plain(words):
            return None
        suspects = (suspected(part.guards or {}, part.inside) for part in (whole, *sentences))
        return next((guard for guard in suspects if guard), None)

    def _is_plain(self, words: list[str]) -> bool:
        return all(map(self._judge.is_plain, words))

    def _parts(self, found: list[Clause], whole: Judgement, length: int) -> Iterator[Part]:
        groups = self._grouper.groups(found)
        told = _told(groups)
        wanted = [group for group in groups if group.agent and group not in told]
        if length > _LONG:
            wanted = self._of_story(groups, whole)
        if len({group.agent for group in wanted}) > 1:
            yield from self._merged(groups, wanted)
        elif best := self._single(groups, wanted, told, whole=whole, length=length):
            yield Part(*best, ())

    def _of_story(self, groups: list[Group], whole: Judgement) -> list[Group]:
        """In a long story only what is clearly asked counts beside its main subject."""
        weights: dict[str, float] = {name: 2 * score for name, score in whole.scores.items()}
        for group in groups:
            if group.agent:
                weights[group.agent] = weights.get(group.agent, 0.0) + group.weight * group.judgement.score
        if not weights or max(weights.values()) < INSIDE:
            return []
        main = max(weights, key=lambda name: weights[name])
        return [
            group
            for group in groups
            if group.agent and (group.agent == main or (group.is_request and group.judgement.score >= _STORY))
        ]

    def _single(
        self, groups: list[Group], wanted: list[Group], told: list[Group], *, whole: Judgement, length: int
    ) -> tuple[str, float] | None:
        top = max(
            wanted or [group for group in groups if group.agent], key=lambda group: group.judgement.score, default=None
        )
        aside = bool(wanted) and any(group.agent for group in told)
        if aside and len(told) + len(wanted) == len(groups) and top and top.agent and top.judgement.score >= _STORY:
            return top.agent, top.judgement.score
        sure = whole.inside >= INSIDE and whole.score >= (_STORY if aside else _ALONE)
        if whole.best and sure and (length <= _LONG or top is None):
            return whole.best, whole.score
        if top is not None and top.agent and top.judgement.score >= BESIDE:
            return top.agent, top.judgement.score
        return None

    def _merged(self, groups: list[Group], wanted: list[Group]) -> Iterator[Part]:
        """Clauses nobody was sure about belong to the question before them, or to the first one."""
        spans: dict[str, list[tuple[int, int]]] = {}
        scores: dict[str, float] = {}
        waiting: list[tuple[int, int]] = []
        current: str | None = None
        for group in groups:
            span = (group.clauses[0].words[0].start, group.clauses[-1].words[-1].end)
            if group in wanted and group.agent:
                current = group.agent
                spans.setdefault(current, []).extend([*waiting, span])
                waiting = []
                scores[current] = max(scores.get(current, 0.0), group.judgement.score)
            elif current and not group.is_background:
                spans[current].append(span)
            else:
                waiting.append(span)
        for agent, places in spans.items():
            yield Part(agent, scores[agent], tuple(places))


def _is_a_toss_up(texts: list[str], scores: tuple[tuple[str, float], ...], parts: tuple[Part, ...]) -> bool:
    if len(texts) > _TOSS_UP_WORDS or len(parts) > 1 or len(scores) < 2:
        return False
    first, second = scores[0][1], scores[1][1]
    return second >= _TOSS_UP and first - second <= _TOSS_UP_MARGIN


def _told(groups: list[Group]) -> list[Group]:
    """What only leads up to a request or explains it: "I pay £40 a month, is there a cheaper plan? I may move"."""
    asks = [group.is_request or bool(group.agent and not group.is_told) for group in groups]
    first = asks.index(True) if True in asks else len(groups)
    last = len(groups) - 1 - asks[::-1].index(True) if True in asks else -1
    return [
        group
        for index, group in enumerate(groups)
        if group.is_background or (index < last and group.is_told) or (index > first and group.is_aside)
    ]


def _sentences(found: list[Clause]) -> list[list[str]]:
    return [[text for clause in sentence for text in clause.texts] for sentence in by_sentence(found)]
