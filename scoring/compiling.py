"""Files to a compiled rubric: every mistake at once, and the packs' own examples run as tests."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scoring.criteria import criteria_of
from scoring.domain.files import SourceFile, content_sha256
from scoring.domain.rubric import Reading, Rubric
from scoring.packs.builtin import builtin_ids, builtin_packs
from scoring.packs.checking import check_shape, nearest
from scoring.packs.document import Document, read_document
from scoring.packs.examples import example_problems
from scoring.packs.problem import Problem
from scoring.packs.references import reference_problems, referred_ids
from scoring.packs.rules import entries, rule_of
from scoring.packs.schema import PackFile, RubricForm

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scoring.domain.rubric import Rule
    from scoring.language.reader import LanguageModel, TurnReader


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledRubric:
    """A rubric ready to score with: the form, the reader of turns, and the files it was made of, by name."""

    rubric: Rubric
    reader: TurnReader
    files: tuple[SourceFile, ...]
    sha256: str

    @property
    def revision(self) -> str:
        """The revision's resource name."""
        return f"rubrics/{self.rubric.name}/revisions/{self.sha256[:16]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledPacks:
    """The rules of packs by id, in the order in which they are written, and the reader of turns."""

    rules: Mapping[str, Rule]
    reader: TurnReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Compilation:
    """What became of some files: packs and, when there is one, a rubric, unless there is a problem."""

    compiled: CompiledRubric | None
    packs: CompiledPacks | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pack:
    source: SourceFile
    document: Document
    entry: PackFile


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    source: SourceFile
    document: Document
    entry: RubricForm


class Compiler:
    """Compiles files on one language model. `max_rubric_bytes` bounds all files together."""

    def __init__(self, *, model: LanguageModel, max_rubric_bytes: int) -> None:
        self._model = model
        self._max_rubric_bytes = max_rubric_bytes

    def compile(self, files: Iterable[SourceFile], *, packs_alone: bool = False) -> Compilation:
        """Compile one rubric and its packs, or packs alone; with `packs_alone` a rubric is passed over."""
        work = _Work(self._model, packs_alone=packs_alone)
        files = sorted(files)
        size = sum(len(file.content.encode()) for file in files)
        if size > self._max_rubric_bytes:
            work.file_problem(
                files[0], f"the files have {size} bytes together; at most {self._max_rubric_bytes} are read"
            )
        elif not files:
            work.problems.append(Problem(file_name="", line=0, field="", message="no file was given"))
        else:
            work.read(files)
        if not (work.forms or work.packs):
            if not work.problems:
                work.file_problem(
                    files[0], "there is no pack here; give a file that begins with 'pack: NAME'"
                )
            return Compilation(compiled=None, packs=None, problems=_sorted(work.problems))
        packs, compiled = work.compile()
        if work.problems:
            return Compilation(compiled=None, packs=None, problems=_sorted(work.problems))
        return Compilation(compiled=compiled, packs=packs, problems=())


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(dict.fromkeys(problems)))


class _Work:
    """One compilation: what was read so far and what is wrong with it."""

    def __init__(self, model: LanguageModel, *, packs_alone: bool) -> None:
        self._model = model
        self._packs_alone = packs_alone
        self.problems: list[Problem] = []
        self.forms: list[_Form] = []
        self.packs: dict[str, _Pack] = {}
        # A file that can't be read may be the pack that another one asks for.
        self._unreadable = False

    def file_problem(self, source: SourceFile, message: str) -> None:
        self.problems.append(Problem(file_name=source.file_name, line=0, field="", message=message))

    def read(self, files: Sequence[SourceFile]) -> None:
        seen: set[str] = set()
        for source in files:
            if source.file_name in seen:
                self.file_problem(source, "two files have this name; give each its own")
            seen.add(source.file_name)
            known = len(self.problems)
            self._read_one(source)
            self._unreadable |= len(self.problems) > known
        for extra in self.forms[1:]:
            first = self.forms[0].source.file_name
            self.problems.append(
                extra.document.problem(("rubric",), f"'{first}' is a rubric already; give one")
            )

    def _read_one(self, source: SourceFile) -> None:
        document, problems = read_document(source.file_name, source.content)
        self.problems += problems
        if document is None:
            return
        value = document.value
        if not isinstance(value, dict) or not ({"pack", "rubric"} & set(value)):
            self.file_problem(source, "the file must begin with 'pack: NAME' or 'rubric: NAME'")
        elif "rubric" in value and self._packs_alone:
            pass
        elif "rubric" in value:
            form, problems = check_shape(RubricForm, value, document)
            self.problems += problems
            if form is not None:
                self.forms.append(_Form(source=source, document=document, entry=form))
        else:
            pack, problems = check_shape(PackFile, value, document)
            self.problems += problems
            if pack is not None:
                self._add_pack(_Pack(source=source, document=document, entry=pack))

    def _add_pack(self, pack: _Pack) -> None:
        name = pack.entry.pack
        if name in self.packs:
            other = self.packs[name].source.file_name
            self.problems.append(
                pack.document.problem(("pack",), f"'{other}' is a pack named '{name}' already")
            )
        else:
            self.packs[name] = pack

    def compile(self) -> tuple[CompiledPacks, CompiledRubric | None]:
        form = self.forms[0] if self.forms else None
        if form is not None:
            self._look_up_packs(form)
        else:
            self._look_up_references()
        rules = self._rules()
        reader = self._model.reader(rules.values())
        for pack in self.packs.values():
            self.problems += example_problems(pack.entry, pack.document, rules, reader)
        packs = CompiledPacks(rules=rules, reader=reader)
        if form is None:
            return packs, None
        # With a pack missing, every id of it would be reported as unknown.
        criteria, problems = criteria_of(form.entry, form.document, rules, check_ids=not self._unreadable)
        self.problems += problems
        sources = tuple(sorted([form.source, *(pack.source for pack in self.packs.values())]))
        reading = form.entry.reading
        return packs, CompiledRubric(
            rubric=Rubric(
                name=form.entry.rubric,
                title=form.entry.title,
                reading=Reading(
                    word_confidence_floor=reading.word_confidence_floor,
                    role_confidence_floor=reading.role_confidence_floor,
                    min_words=reading.min_words,
                ),
                criteria=criteria,
                rules=rules,
            ),
            reader=reader,
            files=sources,
            sha256=content_sha256(sources),
        )

    def _look_up_packs(self, form: _Form) -> None:
        for index, name in enumerate(form.entry.packs):
            if name in self.packs:
                continue
            builtin = builtin_packs().get(name)
            if builtin is not None:
                known_problems = len(self.problems)
                self._read_one(builtin)
                self._unreadable |= len(self.problems) > known_problems
            elif not self._unreadable:
                known = sorted({*builtin_packs(), *self.packs})
                self.problems.append(
                    form.document.problem(
                        ("packs", index),
                        f"there is no pack '{name}'{nearest(name, known)} (known: {', '.join(known)})",
                    )
                )
        for name, pack in self.packs.items():
            if name not in form.entry.packs:
                self.problems.append(
                    pack.document.problem(
                        ("pack",), f"the rubric doesn't name the pack '{name}' under 'packs'"
                    )
                )

    def _look_up_references(self) -> None:
        """Add the built-in packs that hold what packs without a rubric name and don't hold themselves."""
        known: set[str] = set()
        wanted: set[str] = set()
        while True:
            for pack in self.packs.values():
                known |= {entry.id for _, entry in entries(pack.entry)}
                wanted |= referred_ids(pack.entry)
            holding = [
                source
                for name, source in builtin_packs().items()
                if name not in self.packs and builtin_ids()[name] & (wanted - known)
            ]
            if not holding:
                return
            for source in holding:
                self._read_one(source)

    def _rules(self) -> dict[str, Rule]:
        rules: dict[str, Rule] = {}
        for _, pack in sorted(self.packs.items()):
            name = f"{pack.entry.pack}@{hashlib.sha256(pack.source.content.encode()).hexdigest()[:16]}"
            for at, entry in entries(pack.entry):
                rule, problems = rule_of(entry, at, pack.document, self._model, name)
                self.problems += problems
                if rule.id in rules:
                    self.problems.append(
                        pack.document.problem((*at, "id"), f"the id '{rule.id}' is used twice")
                    )
                rules.setdefault(rule.id, rule)
        # With a file that can't be read, every id of it would be reported as unknown.
        if not self._unreadable:
            packs = [(pack.entry, pack.document) for _, pack in sorted(self.packs.items())]
            self.problems += reference_problems(packs, rules)
        return rules
