"""The clauses of a message, joined where they are about the same thing."""

from dataclasses import dataclass

from agents.offline.planning.clauses import Clause
from agents.offline.planning.judging import PLACES, Judge, Judgement
from agents.offline.planning.patterns import pattern

INSIDE, BESIDE = 0.5, 0.5
_LOOSE, _AFTERTHOUGHT = 0.65, 5
_CERTAIN, _NEARLY_CERTAIN, _TORN = 0.93, 0.88, 0.6
_CLEAR, _CLEARLY_OTHER, _CLEARLY_OTHER_THING = 0.9, 0.6, 0.75
_WAY = pattern("asking_the_way")


@dataclass(frozen=True, slots=True)
class Group:
    clauses: tuple[Clause, ...]
    judgement: Judgement
    agent: str | None

    @property
    def is_background(self) -> bool:
        return all(clause.is_background for clause in self.clauses)

    @property
    def is_told(self) -> bool:
        return all(clause.is_told or clause.is_background for clause in self.clauses)

    @property
    def is_aside(self) -> bool:
        return all(clause.is_aside or clause.is_background for clause in self.clauses)

    @property
    def needed(self) -> float:
        """How sure it has to be beside a sentence that as a whole speaks clearly for another agent."""
        return _CLEARLY_OTHER if self.clauses[0].begins_like_a_clause else _CLEARLY_OTHER_THING

    @property
    def is_request(self) -> bool:
        return any(clause.is_request for clause in self.clauses)

    @property
    def weight(self) -> float:
        if self.is_background:
            return 0.3
        return 1.0 + any(clause.is_asked for clause in self.clauses) + self.is_request


class Grouper:
    def __init__(self, judge: Judge) -> None:
        self._judge = judge

    def groups(self, found: list[Clause]) -> list[Group]:
        groups: list[Group] = []
        for sentence in by_sentence(found):
            last = groups[-1].clauses if groups else ()
            hangs = all(clause.hangs for clause in sentence)
            opening = sentence[:1]
            if last and len(sentence) > 1 and not _places(last) and self._only_points_back(opening, place=False):
                groups[-1] = self._judged((*last, *opening))
                groups += self._sentence(sentence[1:])
            elif last and (
                hangs or self._only_points_back(sentence, place=_places(last)) or self._is_a_bare_place(last)
            ):
                groups[-1] = self._judged((*groups[-1].clauses, *sentence))
            else:
                groups += self._sentence(sentence)
        return groups

    def _sentence(self, sentence: list[Clause]) -> list[Group]:
        """The clauses of one sentence, joined unless each of them clearly asks something else."""
        joined: list[tuple[Clause, ...]] = []
        for clause in sentence:
            if joined and self._belongs(clause, joined[-1]):
                joined[-1] = (*joined[-1], clause)
                continue
            judgement = self._judge.judge(clause.texts)
            after = bool(joined) and _places(joined[-1]) and self.is_afterthought(clause.texts)
            after = after or (bool(joined) and self._names_what_is_compared(clause, joined[-1]))
            other = bool(joined) and self._is_clearly_another(clause, judgement, joined[-1])
            if joined and not other and (after or not self._stands_alone(clause, judgement)):
                joined[-1] = (*joined[-1], clause)
            else:
                joined.append((clause,))
        groups = [self._judged(group) for group in joined]
        groups = self._absorbed(groups)
        agents = {group.agent for group in groups if group.agent}
        whole = self._judged(tuple(sentence))
        if whole.judgement.score >= _CLEAR and any(
            group.agent != whole.agent and group.judgement.score < group.needed for group in groups
        ):
            return [whole]
        return groups if len(agents) > 1 else [whole]

    def _belongs(self, clause: Clause, before: tuple[Clause, ...]) -> bool:
        goes_on = clause.hangs or clause.goes_on(before[-1]) or self._compares_places(clause, before)
        return goes_on or all(each.hangs or each.frames or self._lists(each) for each in before)

    def _lists(self, clause: Clause) -> bool:
        """ "Calls and texts in Spain": the subject of what follows."""
        return bool(self._judge.details(clause.texts)) and not clause.asked and len(clause.words) == 1

    def _is_clearly_another(self, clause: Clause, judgement: Judgement, before: tuple[Clause, ...]) -> bool:
        """Two clear questions stay two however little the second one says: "bill total + data left"."""
        first = self._judge.judge([text for each in before for text in each.texts])
        content = [text for text in clause.texts if not self._judge.is_plain(text)]
        both = self._judge.judge([text for each in (*before, clause) for text in each.texts])
        needed = _CERTAIN if both.score >= _TORN else _NEARLY_CERTAIN
        certain = min(first.score, judgement.score) >= needed and first.best != judgement.best
        own = (clause.is_request and bool(content)) or (len(content) > 1 and not _places(before))
        return certain and own and not (clause.points_back and self._says_nothing_new(clause.texts))

    def _says_nothing_new(self, words: list[str]) -> bool:
        """ "How much is that", "can you pull it up so I can go through it"."""
        asks_the_way = _WAY.match(" ".join(words))
        return self._judge.is_only_detail(words) or not (asks_the_way or self._judge.has_substance(words))

    def _compares_places(self, clause: Clause, before: tuple[Clause, ...]) -> bool:
        """ "Spain or Italy, which is cheaper?"."""
        return self._is_a_bare_place(before) and all(map(self._judge.is_comparing, clause.texts))

    def _is_a_bare_place(self, found: tuple[Clause, ...]) -> bool:
        """ "Egypt. Calls home?" is one question."""
        return _places(found) and all(self._judge.is_plain(text) for clause in found for text in clause.texts)

    def is_afterthought(self, words: list[str]) -> bool:
        """ "... in Peru and what price", "... Bruges, Cologne. What do I pay?"."""
        if len(words) > _AFTERTHOUGHT or all(map(self._judge.is_plain, words)):
            return False
        return all(self._judge.is_detail(word) or self._judge.is_paying(word) for word in words)

    def _names_what_is_compared(self, clause: Clause, before: tuple[Clause, ...]) -> bool:
        """ "Which is cheaper, Spain or Italy?"."""
        asked = [text for each in before for text in each.texts]
        return all(map(self._judge.is_plain, clause.texts)) and all(map(self._judge.is_comparing, asked))

    def _absorbed(self, groups: list[Group]) -> list[Group]:
        """A clause without an agent joins the one after it when it came first, else the one before.

        When a clear question turns into another agent's by what is joined to it, that was a question of its own.
        """
        found: list[Group] = []
        for group in groups:
            if not found or (found[-1].agent and group.agent):
                found.append(group)
                continue
            both = self._judged((*found[-1].clauses, *group.clauses))
            clear = found[-1].judgement.score >= _CLEARLY_OTHER_THING and not found[-1].is_background
            if clear and both.agent not in (None, found[-1].agent) and group.clauses[0].begins_like_a_clause:
                found.append(Group(group.clauses, both.judgement, both.agent))
            else:
                found[-1] = both
        return found

    def _only_points_back(self, sentence: list[Clause], *, place: bool) -> bool:
        """ "What will that cost me?" has no subject of its own, nor has "Charges?" behind the name of a country."""
        words = [text for clause in sentence for text in clause.texts]
        if place and self.is_afterthought(words):
            return True
        return any(clause.points_back for clause in sentence) and self._judge.is_only_detail(words)

    def _stands_alone(self, clause: Clause, judgement: Judgement) -> bool:
        if self._judge.is_only_detail(clause.texts) and (clause.points_back or not clause.begins_like_a_clause):
            return False
        threshold = BESIDE if clause.begins_like_a_clause else _LOOSE
        sure = judgement.inside >= INSIDE and judgement.score >= threshold and judgement.best is not None
        return sure and self._judge.has_substance(clause.texts)

    def _judged(self, group: tuple[Clause, ...]) -> Group:
        words = [text for clause in group for text in clause.texts]
        judgement = self._judge.judge(words)
        says = len(words) > 1 or not all(map(self._judge.is_plain, words))
        ours = self._judge.has_substance(words) or (says and judgement.score >= _CERTAIN)
        sure = ours and judgement.inside >= INSIDE and judgement.score >= BESIDE
        return Group(group, judgement, judgement.best if sure else None)


def _places(found: tuple[Clause, ...]) -> bool:
    return any(text in PLACES for clause in found for text in clause.texts)


def by_sentence(found: list[Clause]) -> list[list[Clause]]:
    sentences: list[list[Clause]] = []
    for clause in found:
        if clause.starts_sentence or not sentences:
            sentences.append([])
        sentences[-1].append(clause)
    return sentences
