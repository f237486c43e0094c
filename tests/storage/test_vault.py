import ast
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

import xiansuo
from xiansuo.domain.keys import Keyring
from xiansuo.domain.letter import Identity, IdentityKind
from xiansuo.domain.recusal import RecusalProfile, Relative
from xiansuo.domain.spans import Span
from xiansuo.domain.text import EntityType, Replacement
from xiansuo.errors import VaultLockedError
from xiansuo.storage.session import transaction
from xiansuo.storage.vault import Masks, Original, Turned, Vault, VaultLetter

ORIGINAL = Original("李四的举报信".encode(), "/信箱/李四.eml", "message/rfc822")
IDENTITIES = (
    Identity(IdentityKind.NAME, "李 四"),
    Identity(IdentityKind.PHONE, "+86 138-0000-1111"),
    Identity(IdentityKind.ID_NUMBER, "11010119900307123x"),
    Identity(IdentityKind.ADDRESS, "安乐村三组"),
)
MASK = (Replacement(Span(0, 2), Span(0, 5), EntityType.PETITIONER),)
LETTER = VaultLetter(1, ORIGINAL, IDENTITIES, MASK, ())


@pytest.fixture
def vault(keyring: Keyring) -> Vault:
    return Vault(keyring)


def test_what_the_vault_keeps_comes_back(session: Session, vault: Vault) -> None:
    vault.put_letter(session, [LETTER, VaultLetter(2, Original(b"", "", ""), ())])
    assert vault.read_original(session, 1) == ORIGINAL
    assert vault.read_identities(session, 1) == IDENTITIES
    assert vault.read_mask(session, 1) == Masks(subject=(), text=MASK)
    assert vault.read_original(session, 2) == Original(b"", "", "")
    assert vault.read_identities(session, 2) == ()


def test_letters_and_quarantined_letters_of_the_same_number_are_kept_apart(session: Session, vault: Vault) -> None:
    vault.put_letter(session, [LETTER])
    vault.put_quarantine(session, [(1, Original(b"%PDF", "x.pdf", "application/pdf"))])
    vault.delete(session, [1])
    assert vault.read_quarantine(session, 1).data == b"%PDF"
    vault.delete_quarantine(session, [1])
    with pytest.raises(LookupError):
        vault.read_quarantine(session, 1)


@pytest.mark.parametrize(
    "value",
    [
        "李四",
        " 李　四 ",
        "13800001111",
        "138 0000 1111",
        "１３８００００１１１１",
        "8613800001111",
        "11010119900307123X",
    ],
)
def test_a_letter_is_found_however_the_value_is_written(session: Session, vault: Vault, value: str) -> None:
    vault.put_letter(session, [LETTER, replace(LETTER, letter_id=2)])
    assert vault.find(session, value) == [1, 2]


@pytest.mark.parametrize("value", ["李", "安乐村三组", "13800001112", ""])
def test_other_values_find_nothing(session: Session, vault: Vault, value: str) -> None:
    vault.put_letter(session, [LETTER])
    assert vault.find(session, value) == []


PROFILE = RecusalProfile(("李四",), (Relative("王五", "岳父"),), ("安乐村",), ("学校",), ("县教育局",))


def test_a_recusal_profile_comes_back_and_replaces_the_one_before(session: Session, vault: Vault) -> None:
    assert not vault.read_recusal(session, 1).declared
    vault.put_recusal(session, 1, RecusalProfile(names=("旧名",)))
    vault.put_recusal(session, 1, PROFILE)
    assert vault.read_recusal(session, 1) == PROFILE
    assert vault.read_recusals(session, [1, 2]) == {1: PROFILE}
    assert "王五" not in repr(PROFILE)


def test_a_letter_goes_without_the_profile_of_the_account_of_that_number(session: Session, vault: Vault) -> None:
    vault.put_letter(session, [LETTER])
    vault.put_recusal(session, LETTER.letter_id, PROFILE)
    vault.delete(session, [LETTER.letter_id])
    assert vault.read_recusal(session, LETTER.letter_id) == PROFILE


def test_a_profile_is_closed_with_the_new_key_by_rotation(session: Session, keyring: Keyring) -> None:
    Vault(replace(keyring, current="old")).put_recusal(session, 1, PROFILE)
    assert Vault(keyring).rotate(session).records == 1
    assert Vault(keyring).keys_in_use(session) == {"new": 1}
    assert Vault(keyring).read_recusal(session, 1) == PROFILE


@pytest.mark.parametrize(
    ("term", "told"),
    [("李四", {1}), ("安乐村", {1}), ("三组", {1}), ("\n李四\n", {1}), ("\n安乐村\n", set()), ("王五", set())],
)
def test_the_vault_tells_only_which_letters_name_what_was_asked(
    session: Session, vault: Vault, term: str, told: set[int]
) -> None:
    vault.put_letter(session, [LETTER, VaultLetter(2, Original(b"", "", ""), ())])
    assert vault.mentions(session, [1, 2], [term, "没有"]) == {id_: frozenset({term}) for id_ in told}
    assert vault.mentions(session, [1, 2], []) == {}


def test_the_database_holds_nothing_in_clear(engine: Engine, vault: Vault) -> None:
    with transaction(engine) as session:
        vault.put_letter(session, [LETTER])
        rows = (
            session.execute(text("SELECT * FROM vault_records")).all()
            + session.execute(text("SELECT * FROM vault_index")).all()
        )
    stored = b"".join(bytes(value) for row in rows for value in row if not isinstance(value, (str, int)))
    clear = [ORIGINAL.data, *(one.value.encode() for one in IDENTITIES), "李四".encode(), b"13800001111", b"rfc822"]
    assert stored
    assert [value for value in clear if value in stored] == []


@pytest.mark.parametrize("wrong", [{"vault": {"new": b"x" * 32}}, {"vault": {"other": b"n" * 32}, "current": "other"}])
def test_wrong_keys_open_nothing_and_say_so(
    session: Session, keyring: Keyring, vault: Vault, wrong: dict[str, object]
) -> None:
    vault.put_letter(session, [LETTER])
    stranger = Vault(replace(keyring, **wrong))
    for read in (stranger.read_original, stranger.read_identities, stranger.read_mask):
        with pytest.raises(VaultLockedError, match="密钥"):
            read(session, 1)


def test_the_index_says_nothing_without_its_key(session: Session, keyring: Keyring, vault: Vault) -> None:
    vault.put_letter(session, [LETTER])
    assert Vault(replace(keyring, index=b"x" * 32)).find(session, "李四") == []


@pytest.mark.parametrize(
    "change", ["owner_id = 9", "kind = 'mask'", "nonce = :bytes", "ciphertext = :bytes", "key_id = 'old'"]
)
def test_a_record_moved_or_changed_does_not_open(session: Session, vault: Vault, change: str) -> None:
    vault.put_letter(session, [LETTER])
    session.execute(text("DELETE FROM vault_records WHERE kind = 'mask'"))
    session.execute(
        text(f"UPDATE vault_records SET {change} WHERE kind = 'identities'"),  # noqa: S608
        {"bytes": b"x" * 12} if ":" in change else {},
    )
    with pytest.raises((VaultLockedError, LookupError)) as caught:
        {
            "owner_id = 9": lambda: vault.read_identities(session, 9),
            "kind = 'mask'": lambda: vault.read_mask(session, 1),
        }.get(change, lambda: vault.read_identities(session, 1))()
    assert caught.type is VaultLockedError


def test_rotation_re_encrypts_all_records_batch_by_batch(session: Session, keyring: Keyring, vault: Vault) -> None:
    old = Vault(replace(keyring, current="old"))
    old.put_letter(session, [LETTER, replace(LETTER, letter_id=2)])
    old.put_quarantine(session, [(1, ORIGINAL)])
    assert vault.keys_in_use(session) == {"old": 7}
    done, last = [], ("", 0)
    while (batch := vault.rotate(session, 3, after=last)).last:
        done.append(batch.records)
        last = batch.last
    assert done == [3, 3, 1]
    assert vault.keys_in_use(session) == {"new": 7}
    without_old = Vault(replace(keyring, vault={"new": b"n" * 32}))
    assert without_old.read_original(session, 2) == ORIGINAL
    assert without_old.read_quarantine(session, 1) == ORIGINAL
    assert without_old.find(session, "李四") == [1, 2]


def test_a_record_that_does_not_open_is_named_and_keeps_nobody_from_the_rest(
    session: Session, keyring: Keyring, vault: Vault
) -> None:
    Vault(replace(keyring, current="old")).put_letter(session, [LETTER, replace(LETTER, letter_id=2)])
    session.execute(
        text("UPDATE vault_records SET ciphertext = :x WHERE kind = 'mask' AND owner_id = 1"), {"x": b"x" * 40}
    )
    assert vault.rotate(session) == Turned(5, (("mask", 1),), ("original", 2))
    assert vault.keys_in_use(session) == {"new": 5, "old": 1}
    assert [place for place, opens in vault.places(session) if not opens] == [("mask", 1)]


def test_large_records_are_turned_one_by_one(
    session: Session, keyring: Keyring, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xiansuo.storage.vault._MOST_BYTES", 10)
    Vault(replace(keyring, current="old")).put_letter(session, [LETTER])
    assert vault.rotate(session).records == 1


def test_keys_put_in_use_while_a_process_works_are_taken_up(session: Session, keyring: Keyring) -> None:
    before = replace(keyring, current="old", vault={"old": b"o" * 32})
    now = [before]
    working = Vault(before, lambda _held: now[0])
    working.put_letter(session, [LETTER])
    now[0] = replace(keyring, vault={"new": b"n" * 32})
    Vault(keyring).put_letter(session, [replace(LETTER, letter_id=2)])
    assert working.read_original(session, 2) == ORIGINAL
    assert working.read_original(session, 1) == ORIGINAL
    working.put_letter(session, [replace(LETTER, letter_id=3)])
    assert working.keys_in_use(session) == {"old": 3, "new": 6}


def test_another_installations_keys_are_not_taken_up(session: Session, keyring: Keyring) -> None:
    other = replace(keyring, index=b"x" * 32)
    with pytest.raises(VaultLockedError, match="另一套"):
        Vault(keyring, lambda _held: other).put_letter(session, [LETTER])
    assert session.scalar(text("SELECT count(*) FROM vault_records")) == 0


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({}, ()),
        ({"vault": {"old": b"o" * 32, "new": b"x" * 32}}, ("vault-new.key",)),
        ({"index": b"x" * 32}, ("index.key",)),
        ({"signing": b"x" * 32}, ("signing.key",)),
        ({"head": b"x" * 32}, ("head.pub",)),
    ],
)
def test_a_key_file_with_another_key_in_it_is_named(
    session: Session, keyring: Keyring, vault: Vault, changed: dict[str, object], named: tuple[str, ...]
) -> None:
    assert vault.strange_keys(session) == ()
    vault.put_witness(session)
    vault.put_letter(session, [LETTER])
    assert Vault(replace(keyring, **changed)).strange_keys(session) == named


def test_one_damaged_record_makes_no_key_a_strange_one(session: Session, vault: Vault) -> None:
    vault.put_witness(session)
    vault.put_letter(session, [LETTER])
    session.execute(text("UPDATE vault_records SET ciphertext = :x WHERE kind = 'witness'"), {"x": b"x" * 40})
    assert vault.strange_keys(session) == ()


def test_a_new_mask_replaces_the_old_one_and_its_index(session: Session, vault: Vault) -> None:
    vault.put_letter(session, [LETTER])
    changed = replace(LETTER, identities=(Identity(IdentityKind.NAME, "王五"),), text_mask=())
    vault.replace_mask(session, changed)
    assert vault.read_identities(session, 1) == changed.identities
    assert vault.read_mask(session, 1).text == ()
    assert (vault.find(session, "王五"), vault.find(session, "李四")) == ([1], [])
    assert vault.read_original(session, 1) == ORIGINAL


def test_a_deleted_letter_is_gone_with_its_index(session: Session, vault: Vault) -> None:
    vault.put_letter(session, [LETTER])
    vault.delete(session, [1])
    for table in ("vault_records", "vault_index"):
        assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0  # noqa: S608


def test_nothing_prints_identities_or_keys(vault: Vault, keyring: Keyring) -> None:
    printed = repr([LETTER, ORIGINAL, IDENTITIES, vault, keyring]) + str(ORIGINAL)
    assert not [secret for secret in ("李", "1380000", "1990", "安乐", "nnnn", "iiii", "ssss") if secret in printed]


def test_only_the_vault_touches_its_tables() -> None:
    root = Path(xiansuo.__file__).parent
    allowed = {"storage/vault.py", "storage/tables/vault.py", "storage/migrations/versions/0001_initial.py"}
    words = {"VaultRecords", "VaultIndex", "vault_records", "vault_index"}
    touching = {
        file.relative_to(root).as_posix() for file in root.rglob("*.py") if words & _words(ast.parse(file.read_text()))
    }
    assert touching == allowed


def _words(tree: ast.AST) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= set(node.value.replace(".", " ").split())
        found |= {
            value for value in (getattr(node, name, None) for name in ("id", "attr", "name")) if isinstance(value, str)
        }
    return found


def test_repositories_never_commit() -> None:
    root = Path(xiansuo.__file__).parent / "storage"
    files = [*root.joinpath("repositories").glob("*.py"), root / "vault.py"]
    attributes = {
        node.attr for file in files for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Attribute)
    }
    assert len(files) > 10
    assert not attributes & {"commit", "rollback", "begin"}
