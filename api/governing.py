"""The department's commands: carried out, or planned by a dry run, and what is said of either.

Decides that every command takes the same options, and that an error says how far the work came.
"""

import json
from collections.abc import Callable, Sequence
from functools import wraps

import click

from api import planning
from api.session import Session
from chain.acts import Act
from chain.plan import Plan, Tally
from credential.errors import SogocError


class Hand:
    """How one command governs: by the chain key of that name, or only on paper."""

    def __init__(self, session: Session, key: str, *, dry_run: bool, as_json: bool) -> None:
        self.session = session
        self.dry_run = dry_run
        self.as_json = as_json
        self.key = key

    def govern(self, *rounds: Sequence[Act], said: str, **params: object) -> int:
        """Carry out acts round by round, or show all of them; the command's exit code."""
        if self.dry_run:
            acts = [act for acts in rounds for act in acts]
            return self.show(self.session.system.governor(self.key).plan(*acts))
        tally = self._performed(rounds)
        if self.as_json:
            self.session.show(json.dumps(planning.tally_json(tally)))
        elif tally.mined:
            self.session.say(said, **params)
            self.session.show(planning.tally_line(self.session.lang, tally))
        else:
            self.session.say("govern.standing")
        return 0

    def foretell(self, *acts: Act) -> None:
        """Say what acts will cost before they are carried out."""
        if not self.as_json and not self.dry_run:
            plan = self.session.system.governor(self.key).plan(*acts, each=False)
            self.session.show(planning.cost_line(self.session.lang, plan))

    def show(self, plan: Plan) -> int:
        """Print a plan; 1 if the chain would refuse a part of it."""
        shown = (
            json.dumps(planning.plan_json(self.session.lang, plan), ensure_ascii=False, indent=1)
            if self.as_json
            else "\n".join(planning.plan_lines(self.session.lang, plan, self.key))
        )
        self.session.show(shown)
        return 1 if any(proposal.refusal for proposal in plan.proposals) else 0

    def _performed(self, rounds: Sequence[Sequence[Act]]) -> Tally:
        tally = Tally(advance=self.session.progress.advance)
        system = self.session.system
        system.keystore.public(self.key)  # one that is missing is named before anything is asked
        governor = system.governor(self.key)
        self.session.progress.stage("acts", sum(map(len, rounds)))
        try:
            for acts in rounds:
                governor.perform(*acts, tally=tally)
        except SogocError:
            if tally.handed:
                self.session.notice(planning.partly_line(self.session.lang, tally))
            raise
        return tally


def governing(command: Callable[..., int]) -> Callable[..., int]:
    """The options that every act takes; the command gets a `Hand` first."""

    @wraps(command)
    def wrapped(
        session: Session, /, key: str, dry_run: bool, as_json: bool, **given: object
    ) -> int:
        return command(Hand(session, key, dry_run=dry_run, as_json=as_json), **given)

    taking: Callable[..., int] = click.pass_obj(wrapped)
    for option in _OPTIONS:
        taking = option(taking)
    return taking


_OPTIONS = (
    click.option("--json", "as_json", is_flag=True,
                 help="In kết quả dạng JSON / print the answer as JSON."),
    click.option("--dry-run", is_flag=True,
                 help="Chạy thử, không gửi gì / show what would be sent and send nothing."),
    click.option("--key", default="owner", show_default=True, metavar="NAME",
                 help="Khóa ký giao dịch / the chain key that signs, by its file's name."),
)  # fmt: skip
