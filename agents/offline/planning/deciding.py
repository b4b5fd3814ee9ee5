"""One message without its history: which agents its clauses ask for."""

from collections.abc import Iterator
from dataclasses import dataclass

from agents.offline.planning.clauses import Clause, clauses
from agents.offline.planning.elsewhere import is_elsewhere
from agents.offline.planning.guards import Guard, spelled_out, suspected
from agents.offline.planning.judging import Judge, Judgement
from agents.offline.planning.language import Word
from agents.offline.planning.smalltalk import Manner, manner
from agents.offline.text import clean, fold

INSIDE, ALONE, BESIDE, LOOSE, STORY = 0.5, 0.35, 0.5, 0.65, 0.75
CLEAR, CLEARLY_OTHER, CLEARLY_OTHER_THING = 0.9, 0.6, 0.75
_LONG = 45
_TOSS_UP, _TOSS_UP_MARGIN, _TOSS_UP_WORDS = 0.38, 0.1, 5


@dataclass(frozen=True, slots=True)
class Part:
    """What one agent is asked, as places in the text."""

    agent: str
    score: float
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """`parts` in order of mention, empty when the message is nobody's; `choice` are two that fit a short one alike."""

    text: str
    words: tuple[Word, ...]
    parts: tuple[Part, ...] = ()
    inside: float = 0.0
    guard: Guard | None = None
    manner: Manner | None = None
    missing: bool = False
    elsewhere: bool = False
    is_example: bool = False
    scores: tuple[tuple[str, float], ...] = ()
    choice: tuple[str, ...] = ()
    known: tuple[str, ...] = ()

    @property
    def agents(self) -> tuple[str, ...]:
        return tuple(part.agent for part in self.parts)

    @property
    def score(self) -> float:
        return min((part.score for part in self.parts), default=0.0)


@dataclass(frozen=True, slots=True)
class _Group:
    clauses: tuple[Clause, ...]
    judgement: Judgement
    agent: str | None

    @property
    def is_background(self) -> bool:
        return all(clause.is_background for clause in self.clauses)

    @property
    def needed(self) -> float:
        """How sure it has to be beside a sentence that as a whole speaks clearly for another agent."""
        return CLEARLY_OTHER if self.clauses[0].begins_like_a_clause else CLEARLY_OTHER_THING

    @property
    def is_asked(self) -> bool:
        return any(clause.asked for clause in self.clauses)

    @property
    def weight(self) -> float:
        if self.is_background:
            return 0.3
        return 1.0 + any(clause.is_asked for clause in self.clauses) + self.is_asked


class Decider:
    def __init__(self, judge: Judge) -> None:
        self._judge = judge

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
        if is_elsewhere(fold(text), texts):
            return Decision(text, words, elsewhere=True)
        parts = tuple(self._parts(found, whole, len(words)))
        inside = max([whole.inside, *(part.score for part in parts)])
        missing = not parts and whole.missing >= INSIDE
        scores = tuple(sorted(whole.scores.items(), key=lambda pair: -pair[1]))
        choice = tuple(name for name, _ in scores[:2]) if _is_a_toss_up(texts, scores, parts) else ()
        known = tuple(dict.fromkeys(word for word in texts if self._judge.is_ours(word)))[:3]
        return Decision(text, words, parts, inside, missing=missing, scores=scores, choice=choice, known=known)

    def _guard(self, text: str, whole: Judgement, found: list[Clause]) -> Guard | None:
        if guard := spelled_out(fold(text)):
            return guard
        sentences = [self._judge.judge(sentence) for sentence in _sentences(found)] if len(found) > 1 else []
        suspects = (suspected(part.guards or {}, part.inside) for part in (whole, *sentences))
        return next((guard for guard in suspects if guard), None)

    def _parts(self, found: list[Clause], whole: Judgement, length: int) -> Iterator[Part]:
        groups = self._groups(found)
        wanted = [group for group in groups if group.agent and not group.is_background]
        if length > _LONG:
            wanted = self._of_story(groups, whole)
        if len({group.agent for group in wanted}) > 1:
            yield from self._merged(groups, wanted)
        elif best := self._single(groups, wanted, whole, length):
            yield Part(*best, ())

    def _of_story(self, groups: list[_Group], whole: Judgement) -> list[_Group]:
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
            if group.agent and (group.agent == main or (group.is_asked and group.judgement.score >= STORY))
        ]

    def _single(
        self, groups: list[_Group], wanted: list[_Group], whole: Judgement, length: int
    ) -> tuple[str, float] | None:
        top = max(
            wanted or [group for group in groups if group.agent], key=lambda group: group.judgement.score, default=None
        )
        told = wanted and any(group.is_background and group.agent for group in groups)
        sure = whole.inside >= INSIDE and whole.score >= (STORY if told else ALONE)
        if whole.best and sure and (length <= _LONG or top is None):
            return whole.best, whole.score
        if top is not None and top.agent and top.judgement.score >= BESIDE:
            return top.agent, top.judgement.score
        return None

    def _merged(self, groups: list[_Group], wanted: list[_Group]) -> Iterator[Part]:
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

    def _groups(self, found: list[Clause]) -> list[_Group]:
        groups: list[_Group] = []
        for sentence in _by_sentence(found):
            if groups and self._only_points_back(sentence):
                groups[-1] = self._judged((*groups[-1].clauses, *sentence))
            else:
                groups += self._sentence(sentence)
        return groups

    def _sentence(self, sentence: list[Clause]) -> list[_Group]:
        """The clauses of one sentence, joined unless each of them clearly asks something else."""
        joined: list[tuple[Clause, ...]] = []
        for clause in sentence:
            judgement = self._judge.judge(clause.texts)
            if joined and not self._stands_alone(clause, judgement):
                joined[-1] = (*joined[-1], clause)
            else:
                joined.append((clause,))
        groups = [self._judged(group) for group in joined]
        groups = self._absorbed(groups)
        agents = {group.agent for group in groups if group.agent}
        whole = self._judged(tuple(sentence))
        if whole.judgement.score >= CLEAR and any(
            group.agent != whole.agent and group.judgement.score < group.needed for group in groups
        ):
            return [whole]
        return groups if len(agents) > 1 else [whole]

    def _absorbed(self, groups: list[_Group]) -> list[_Group]:
        """A clause without an agent joins the one after it when it came first, else the one before."""
        found: list[_Group] = []
        for group in groups:
            if found and (found[-1].agent is None or group.agent is None):
                found[-1] = self._judged((*found[-1].clauses, *group.clauses))
            else:
                found.append(group)
        return found

    def _only_points_back(self, sentence: list[Clause]) -> bool:
        """ "What will that cost me?" has no subject of its own."""
        words = [text for clause in sentence for text in clause.texts]
        return any(clause.points_back for clause in sentence) and self._judge.is_only_detail(words)

    def _stands_alone(self, clause: Clause, judgement: Judgement) -> bool:
        if self._judge.is_only_detail(clause.texts) and (clause.points_back or not clause.begins_like_a_clause):
            return False
        threshold = BESIDE if clause.begins_like_a_clause else LOOSE
        sure = judgement.inside >= INSIDE and judgement.score >= threshold and judgement.best is not None
        return sure and self._judge.has_substance(clause.texts)

    def _judged(self, group: tuple[Clause, ...]) -> _Group:
        words = [text for clause in group for text in clause.texts]
        judgement = self._judge.judge(words)
        sure = self._judge.has_substance(words) and judgement.inside >= INSIDE and judgement.score >= BESIDE
        return _Group(group, judgement, judgement.best if sure else None)


def _is_a_toss_up(texts: list[str], scores: tuple[tuple[str, float], ...], parts: tuple[Part, ...]) -> bool:
    if len(texts) > _TOSS_UP_WORDS or len(parts) > 1 or len(scores) < 2:
        return False
    first, second = scores[0][1], scores[1][1]
    return second >= _TOSS_UP and first - second <= _TOSS_UP_MARGIN


def _by_sentence(found: list[Clause]) -> list[list[Clause]]:
    sentences: list[list[Clause]] = []
    for clause in found:
        if clause.starts_sentence or not sentences:
            sentences.append([])
        sentences[-1].append(clause)
    return sentences


def _sentences(found: list[Clause]) -> list[list[str]]:
    return [[text for clause in sentence for text in clause.texts] for sentence in _by_sentence(found)]
