"""The ghost channel against a real Ghost: the kit, whole articles, what breaks on the way, and what a person does there."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from lxml import html

from kawaraban.capabilities import Capabilities
from kawaraban.channels.conformance import ANOTHER_KEY, MachineConformance, sample
from kawaraban.channels.ghost import Ghost
from kawaraban.delivery import Receipt
from kawaraban.errors import ChannelFailure, NotAuthorised, Refused, Unavailable, Unsure
from kawaraban.variant import Asset
from tests.kawaraban.channels.ghost_house import Tries, ghost, now, picture_bytes, rendered
from tests.renderers.fulltext.places import elsewhere
from tests.renderers.fulltext.places import sample as every_block
from tests.servers.ghost import Ghost as Server
from tests.servers.proxy import FIVE, Aimed, Proxy, Trouble, aimed, hostile_proxy
from tests.servers.wire import Request

pytestmark = [pytest.mark.real_server, pytest.mark.xdist_group("ghost")]


@pytest.fixture
def site(ghost_server: Server) -> Server:
    ghost_server.clear()
    return ghost_server


@pytest.fixture
def made(tmp_path: Path, site: Server) -> Ghost:
    return ghost(tmp_path, site.url, site.key)


@pytest.fixture
def proxy(site: Server) -> Iterator[Proxy]:
    with hostile_proxy(site.port, lateness=20) as standing:
        yield standing


def published(site: Server) -> int:
    return sum(post.status == "published" for post in site.stored())


class TestTheKit(MachineConformance):
    kind = Ghost

    @pytest.fixture(autouse=True)
    def _server(self, tmp_path: Path, site: Server, proxy: Proxy) -> None:
        self.root, self.site, self.proxy, self.address = tmp_path, site, proxy, proxy.url

    def able(self) -> Capabilities:
        return Ghost.able(self.channel()._settings)

    def channel(self) -> Ghost:
        return ghost(self.root, self.address, self.site.key)

    def stored(self) -> int:
        return len(self.site.stored())

    @contextmanager
    def losing_the_answer(self) -> Iterator[None]:
        self.proxy.troubles.append(aimed("drop", "PUT"))  # the request that makes it public
        yield

    @contextmanager
    def unreachable(self) -> Iterator[None]:
        self.address = "http://127.0.0.1:1"
        yield
        self.address = self.proxy.url


# --- whole articles ---------------------------------------------------------------------------------------------------


def page(receipt: Receipt) -> Any:
    answer = requests.get(receipt.url or "", timeout=30)
    assert answer.ok
    return html.fromstring(answer.text)


def test_readers_see_the_whole_article(site: Server, made: Ghost) -> None:
    receipt = Tries(made).create(rendered())
    assert receipt.differences == ()
    assert receipt.url == f"{site.url}/where-wet-things-go/"
    seen = page(receipt)
    (body,) = seen.find_class("gh-content")
    assert [rt.text for rt in body.iter("rt")] == ["かさ"]
    assert [td.text_content() for td in body.iter("td")] == ["玄関", "3時間"]
    assert [code.text_content() for code in body.xpath(".//pre/code")] == ['if 雨 < 3 && "傘":\n    干す()']
    assert [dd.text_content().strip() for dd in body.iter("dd")] == ["<!--kg-card-end: html--> も字のまま。"]
    words = body.text_content()
    assert "<script>alert(1)</script> は文字です。" in words
    assert "__GHOST_URL__ と {{title}} は字のまま。" in words
    assert not list(body.iter("script"))
    (canonical,) = seen.xpath("//link[@rel='canonical']/@href")
    assert canonical == "https://example.com/articles/where-wet-things-go/"
    for source in [*body.xpath(".//img/@src"), *seen.xpath("//meta[@property='og:image']/@content")]:
        assert requests.get(source, timeout=30).ok
    assert body.xpath(".//img/@alt") == ["傘立ての図"]


def test_every_block_stands_there_as_it_was_sent(made: Ghost) -> None:
    variant = elsewhere(every_block(), "html")
    receipt = Tries(made).create(variant)
    assert receipt.differences == ()
    (body,) = page(receipt).find_class("gh-content")
    sent = html.fragment_fromstring(variant.body, create_parent="div")
    assert body.text_content().split() == sent.text_content().split()
    for tag in ("ruby", "table", "figure", "img", "dl", "pre", "blockquote", "ol", "sup", "h2"):
        assert len(list(body.iter(tag))) == len(list(sent.iter(tag))) > 0, tag


def test_the_post_is_described_as_the_article_is(site: Server, made: Ghost) -> None:
    Tries(made).create(rendered())
    (post,) = site.stored()
    assert post.title == '傘のしまい方――<濡れたもの> & "置き場所"'
    assert post.raw["custom_excerpt"] == "濡れた傘をどこに置くか。"
    assert post.raw["feature_image_alt"] == "玄関に立てかけた傘"
    assert post.raw["tags"][0]["slug"] == "ame-no-kikikata"
    assert [tag["name"] for tag in post.raw["tags"]] == ["雨の聞き方", "傘", "玄関"]
    assert datetime.fromisoformat(post.raw["published_at"]) == datetime(2024, 6, 17, 22, tzinfo=UTC)
    assert post.raw["email"] is None


def test_a_second_article_of_the_series_gets_the_same_tag(site: Server, made: Ghost) -> None:
    Tries(made).create(rendered())
    other = rendered(matter="id: 7ra1ny7a\ntitle: 雨のあと\nslug: after-rain\nseries: 雨の聞き方\nstatus: ready\n")
    Tries(made).create(other, ANOTHER_KEY)
    slugs = {tag["slug"] for post in site.stored() for tag in post.raw["tags"] if tag["name"] == "雨の聞き方"}
    assert slugs == {"ame-no-kikikata"}


def test_no_post_is_dated_in_the_future(site: Server, made: Ghost) -> None:
    tomorrow = (now() + timedelta(days=1)).isoformat()
    matter = f"id: 7ra1ny7a\ntitle: あした\nslug: tomorrow\nstatus: ready\npublished: {tomorrow}\n"
    Tries(made).create(rendered("本文。\n", matter))
    (post,) = site.stored()
    assert post.status == "published"
    assert datetime.fromisoformat(post.raw["published_at"]) <= now()


def test_a_picture_is_uploaded_once_a_delivery_and_not_again_by_an_edit(
    site: Server, tmp_path: Path, proxy: Proxy
) -> None:
    tries = Tries(ghost(tmp_path, proxy.url, site.key))
    receipt = tries.create(rendered())
    tries.update(rendered(body="直した本文。\n\n![傘立ての図](stand.png)\n"), receipt)
    assert uploads(proxy) == 2


def uploads(proxy: Proxy) -> int:
    return sum("/images/upload/" in path for _, path in proxy.passed)


def test_an_edit_keeps_address_date_authors_and_internal_tags(site: Server, made: Ghost) -> None:
    tries = Tries(made)
    receipt = tries.create(rendered())
    (before,) = site.stored()
    by_hand(site, receipt.remote_id, tags=[*before.raw["tags"], {"name": "#編集部"}], featured=True)
    moved = rendered("直した本文。\n", "id: 5r8w2kqd\ntitle: 新しい題\nslug: another-address\nstatus: ready\n")
    after_edit = tries.update(moved, receipt)
    (after,) = site.stored()
    assert after_edit.remote_id == receipt.remote_id
    assert after_edit.differences == ()
    assert (after.title, after.raw["slug"], after.raw["featured"]) == ("新しい題", "where-wet-things-go", True)
    assert after.raw["published_at"] == before.raw["published_at"]
    assert [tag["name"] for tag in after.raw["tags"]] == ["#編集部"]


def test_two_edits_within_a_second_both_arrive(site: Server, made: Ghost) -> None:
    tries = Tries(made)
    receipt = tries.create(rendered())
    for number in range(2):
        receipt = tries.update(rendered(body=f"直し{number}。\n"), receipt, f"{number}" * 32)
    (post,) = site.stored()
    assert "直し1。" in post.text


def test_with_status_draft_a_person_publishes(site: Server, tmp_path: Path) -> None:
    made = ghost(tmp_path, site.url, site.key, status="draft")
    receipt = Tries(made).create(rendered())
    (post,) = site.stored()
    assert post.status == "draft"
    assert receipt.url == f"{site.url}/ghost/#/editor/post/{receipt.remote_id}"
    assert not made.read(receipt, rendered()).differences
    assert Tries(made).find(rendered()) is not None
    by_hand(site, receipt.remote_id, status="published")
    assert not made.read(receipt, rendered()).differences


def test_a_draft_whose_answer_is_lost_is_found_where_drafts_are_what_we_make(
    site: Server, tmp_path: Path, proxy: Proxy
) -> None:
    proxy.troubles.append(aimed("drop", *DRAFT))
    tries = Tries(ghost(tmp_path, proxy.url, site.key, status="draft"))
    with pytest.raises(Unsure):
        tries.create(rendered())
    found = tries.find(rendered())
    assert found is not None
    assert [(post.id, post.status) for post in site.stored()] == [(found.remote_id, "draft")]


# --- mail -------------------------------------------------------------------------------------------------------------


def test_nothing_is_mailed_unless_a_newsletter_is_set_and_then_by_the_first_publish_only(
    site: Server, tmp_path: Path
) -> None:
    made = ghost(tmp_path, site.url, site.key, newsletter="default-newsletter")
    tries = Tries(made)
    receipt = tries.create(rendered())
    (post,) = site.stored()
    mail = post.raw["email"]
    assert mail is not None
    tries.update(rendered(body="直した本文。\n"), receipt)
    assert site.stored()[0].raw["email"]["id"] == mail["id"]


def test_an_unknown_newsletter_is_refused_before_anything_is_made(site: Server, tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        Tries(ghost(tmp_path, site.url, site.key, newsletter="nosuch")).create(rendered())
    assert "default-newsletter" in refused.value.said("en")
    assert site.stored() == []


# --- what breaks on the way -------------------------------------------------------------------------------------------

UPLOAD, DRAFT, PUBLISH = ("POST", "/images/upload/"), ("POST", "/posts/"), ("PUT", "/posts/")
MEANS: dict[Trouble, dict[tuple[str, str], type[ChannelFailure]]] = {
    "drop": {UPLOAD: Unavailable, DRAFT: Unsure, PUBLISH: Unsure},
    "504": {UPLOAD: Unavailable, DRAFT: Unsure, PUBLISH: Unsure},
    "429": {UPLOAD: Unavailable, DRAFT: Unavailable, PUBLISH: Unavailable},
    "late": {UPLOAD: Unavailable, DRAFT: Unsure, PUBLISH: Unsure},
    "lag": {UPLOAD: Unavailable, DRAFT: Unsure, PUBLISH: Unsure},
}


@pytest.mark.parametrize("step", [UPLOAD, DRAFT, PUBLISH], ids=["upload", "draft", "publish"])
@pytest.mark.parametrize("trouble", FIVE)
def test_every_fault_at_every_step_ends_in_one_post(
    tmp_path: Path, site: Server, proxy: Proxy, trouble: Trouble, step: tuple[str, str]
) -> None:
    tries = Tries(ghost(tmp_path, proxy.url, site.key, timeout="3s" if trouble == "late" else "30s"))
    proxy.troubles.append(aimed(trouble, *step))
    with pytest.raises(MEANS[trouble][step]):
        tries.create(rendered())
    receipt = again(tries)
    assert receipt.differences == ()
    assert [post.status for post in site.stored()] == ["published"]
    lost = step == UPLOAD and trouble != "429"  # Ghost lists no pictures: one whose address never came is sent again
    assert uploads(proxy) == 2 + lost


def again(tries: Tries) -> Receipt:
    """The next try, as the stage makes it: it asks first."""
    return tries.find(rendered()) or tries.create(rendered())


def test_a_draft_that_a_crash_left_is_taken_up_by_the_next_process(site: Server, tmp_path: Path, proxy: Proxy) -> None:
    proxy.troubles.append(aimed("reset before", "PUT"))
    crashed = Tries(ghost(tmp_path, proxy.url, site.key))
    with pytest.raises(Unsure):
        crashed.create(rendered())
    assert [post.status for post in site.stored()] == ["draft"]
    fresh = Tries(ghost(tmp_path, proxy.url, site.key))  # it knows nothing of the first one's note
    assert fresh.find(rendered()) is None
    receipt = fresh.create(rendered())
    assert [(post.id, post.status) for post in site.stored()] == [(receipt.remote_id, "published")]
    assert uploads(proxy) == 2


def test_a_draft_left_before_an_edit_is_published_with_the_edit(site: Server, tmp_path: Path, proxy: Proxy) -> None:
    proxy.troubles.append(aimed("reset before", "PUT"))
    with pytest.raises(Unsure):
        Tries(ghost(tmp_path, proxy.url, site.key)).create(rendered())
    receipt = Tries(ghost(tmp_path, proxy.url, site.key)).create(rendered(body="直した本文。\n"), ANOTHER_KEY)
    (post,) = site.stored()
    assert (post.id, post.status) == (receipt.remote_id, "published")
    assert "直した本文。" in post.text


def test_an_edit_whose_answer_is_lost_is_the_same_edit_again(site: Server, tmp_path: Path, proxy: Proxy) -> None:
    tries = Tries(ghost(tmp_path, proxy.url, site.key))
    receipt, edited = tries.create(rendered()), rendered(body="直した本文。\n")
    proxy.troubles.append(aimed("drop", "PUT"))
    with pytest.raises(Unsure):
        tries.update(edited, receipt)
    assert tries.update(edited, receipt).differences == ()
    assert len(site.stored()) == 1


def test_a_withdrawal_whose_answer_is_lost_is_one_all_the_same(site: Server, tmp_path: Path, proxy: Proxy) -> None:
    made = ghost(tmp_path, proxy.url, site.key)
    receipt = Tries(made).create(rendered())
    proxy.troubles.append(aimed("504", "DELETE"))
    with pytest.raises(Unsure):
        made.withdraw(receipt)
    made.withdraw(receipt)
    assert site.stored() == []


def test_two_ledgers_at_once_make_one_post(site: Server, tmp_path: Path) -> None:
    """Each looks and finds nothing; then both draft. The second look shows both, and the older one is the post."""
    together = threading.Barrier(2, timeout=30)
    ends: dict[str, Receipt | ChannelFailure] = {}

    def bytes_of(asset: Asset) -> bytes:
        if asset.name.startswith("door"):  # the first thing that is done after looking
            together.wait()
        return picture_bytes(asset)

    def sent(name: str) -> None:
        (tmp_path / name).mkdir()
        tries = Tries(ghost(tmp_path / name, site.url, site.key, bytes_of=bytes_of))
        try:
            ends[name] = tries.create(rendered(), name * 32)
        except ChannelFailure as failure:
            ends[name] = failure

    threads = [threading.Thread(target=sent, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (post,) = site.stored()
    assert post.status == "published"
    assert {end.remote_id for end in ends.values() if isinstance(end, Receipt)} == {post.id}, ends


# --- what a person does there -----------------------------------------------------------------------------------------


def by_hand(site: Server, post: str, **changes: Any) -> None:
    """Change a post as an editor does in Ghost."""
    said = site._told("GET", f"posts/{post}/", formats="html,lexical")["posts"][0]
    site._told("PUT", f"posts/{post}/", {"posts": [{**changes, "updated_at": said["updated_at"]}]})


def add_by_hand(site: Server, **fields: Any) -> str:
    made = site._told("POST", "posts/", {"posts": [fields]})
    return str(made["posts"][0]["id"])


LEXICAL = '{"root":{"children":[{"type":"html","version":1,"html":"<p>別</p>"}],"type":"root","version":1}}'
BY_HAND: tuple[tuple[str, dict[str, Any]], ...] = (
    ("タグ", {"tags": [{"name": "別のタグ"}]}),
    ("見出し画像", {"feature_image_alt": "別の説明"}),
    ("元の記事のURL", {"canonical_url": None}),
    ("抜粋", {"custom_excerpt": "別の抜粋"}),
    ("本文", {"lexical": LEXICAL}),
    ("題", {"title": "勝手な題"}),
    ("公開の状態（draft）", {"status": "draft"}),
)


def test_what_a_person_changes_there_is_noticed_one_by_one(site: Server, made: Ghost) -> None:
    receipt = Tries(made).create(rendered())
    noticed: list[str] = []
    for said, changes in BY_HAND:
        by_hand(site, receipt.remote_id, **changes)
        noticed.insert(0, said)
        copy = made.read(receipt, rendered())
        assert copy.present
        assert [one.ja for one in copy.differences] == noticed


def test_what_a_person_deletes_there_is_noticed_and_not_made_again(site: Server, made: Ghost) -> None:
    tries = Tries(made)
    receipt = tries.create(rendered())
    site.delete(receipt.remote_id)
    assert not made.read(receipt, rendered()).present
    with pytest.raises(Refused):
        tries.update(rendered(body="直した本文。\n"), receipt)
    made.withdraw(receipt)
    assert site.stored() == []


def test_what_a_person_took_back_to_draft_stays_so_through_an_edit(site: Server, made: Ghost) -> None:
    tries = Tries(made)
    receipt = tries.create(rendered())
    by_hand(site, receipt.remote_id, status="draft")
    edited = tries.update(rendered(body="直した本文。\n"), receipt)
    assert [one.ja for one in edited.differences] == ["公開の状態（draft）"]
    assert [post.status for post in site.stored()] == ["draft"]


def test_an_edit_that_meets_a_persons_own_is_made_once_that_is_saved(
    site: Server, tmp_path: Path, proxy: Proxy
) -> None:
    tries = Tries(ghost(tmp_path, proxy.url, site.key))
    receipt = tries.create(rendered())

    def meanwhile(request: Request) -> bool:
        """Just before our change arrives, somebody saves another title: stale by more than a second."""
        if request.method == "PUT" and not saved:
            saved.append(True)
            threading.Event().wait(1.1)
            by_hand(site, receipt.remote_id, featured=True, title="割り込み")
        return False

    saved: list[bool] = []
    proxy.troubles.append(Aimed("drop", meanwhile))
    assert tries.update(rendered(body="直した本文。\n"), receipt).differences == ()
    (post,) = site.stored()
    assert post.raw["featured"]
    assert "直した本文。" in post.text
    assert sum(method == "PUT" for method, _ in proxy.passed) == 3  # publish, the stale one, and once more


@pytest.mark.parametrize("status", ["published", "draft"])
def test_a_post_of_the_same_article_that_a_person_made_is_never_doubled(site: Server, made: Ghost, status: str) -> None:
    variant = rendered()
    add_by_hand(site, title="手で出したもの", canonical_url=variant.head.url, status=status)
    with pytest.raises(Refused) as refused:
        Tries(made).create(variant)
    assert "adopt" in refused.value.said("ja")
    assert [post.title for post in site.stored()] == ["手で出したもの"]
    assert Tries(made).find(variant) is None


def test_the_same_title_at_the_same_address_is_taken_for_the_same_article(site: Server, made: Ghost) -> None:
    variant = rendered()
    add_by_hand(site, title=variant.title, slug="where-wet-things-go", status="published")
    with pytest.raises(Refused):
        Tries(made).create(variant)
    assert len(site.stored()) == 1


def test_another_post_at_the_same_address_leaves_us_the_next_one(site: Server, made: Ghost) -> None:
    add_by_hand(site, title="関係のない投稿", slug="where-wet-things-go", status="published")
    receipt = Tries(made).create(rendered())
    assert receipt.url == f"{site.url}/where-wet-things-go-2/"
    assert len(site.stored()) == 2


def test_posts_are_listed_and_recalled_by_their_canonical_address(site: Server, made: Ghost) -> None:
    receipt = Tries(made).create(rendered())
    add_by_hand(site, title="関係のない投稿", status="published")
    add_by_hand(site, title="書きかけ", canonical_url=rendered().head.url)
    posts = {post.title: post for post in made.posts()}
    assert set(posts) == {rendered().title, "関係のない投稿"}
    assert posts[rendered().title].links == ("https://example.com/articles/where-wet-things-go/",)
    assert {name: one.remote_id for name, one in made.recall([rendered(), sample()]).items()} == {
        "5r8w2kqd": receipt.remote_id
    }


def test_the_duplicate_of_a_post_is_named_where_it_is_public(site: Server, made: Ghost) -> None:
    tries = Tries(made)
    receipt = tries.create(rendered())
    add_by_hand(site, title="写し", canonical_url=rendered().head.url, status="published")
    found = tries.find(rendered())
    assert found is not None
    assert found.remote_id == receipt.remote_id
    (said,) = found.differences
    assert site.url in said.ja
    assert site.url in said.en


@pytest.mark.parametrize("where", ["{url}/where-wet-things-go/", "{url}/ghost/#/editor/post/{id}"])
def test_a_receipt_that_a_person_gave_as_an_address_names_the_post(site: Server, made: Ghost, where: str) -> None:
    receipt = Tries(made).create(rendered())
    given = Receipt(where.format(url=site.url, id=receipt.remote_id), None, now())
    assert made.read(given, rendered()).present
    made.withdraw(given)
    assert site.stored() == []


# --- who we are -------------------------------------------------------------------------------------------------------


def test_the_account_is_the_site_whichever_key_opens_it(site: Server, tmp_path: Path) -> None:
    accounts = {ghost(tmp_path, site.url, key).account() for key in (site.key, site.integration())}
    assert len(accounts) == 1
    assert re.fullmatch(r"[0-9a-f-]{36}", accounts.pop())


def test_a_probe_names_site_and_version_and_posts_nothing(site: Server, made: Ghost) -> None:
    probe = made.probe()
    assert probe.account == made.account()
    assert site.url in probe.shown
    assert re.fullmatch(r"Ghost 6\.\d+\.\d+", probe.server)
    assert site.stored() == []


@pytest.mark.parametrize("wrong", ["unknown id", "wrong secret", "content key", "nonsense"])
def test_a_wrong_key_is_not_authorised_and_never_shown(site: Server, tmp_path: Path, wrong: str) -> None:
    name, secret = site.key.split(":")
    key = {
        "unknown id": f"{'0' * len(name)}:{secret}",
        "wrong secret": f"{name}:{'0' * len(secret)}",
        "content key": secret[:26],
        "nonsense": "not-a-key-at-all",
    }[wrong]
    made = ghost(tmp_path, site.url, key)
    for asked in (made.probe, lambda: Tries(made).create(sample()), lambda: list(made.posts())):
        with pytest.raises(NotAuthorised) as refused:
            asked()
        assert refused.value.remedy is not None
        assert key not in f"{refused.value.said('ja')}{refused.value.said('en')}"
    assert site.stored() == []


def test_a_clock_that_is_behind_is_put_right_by_the_servers_own(site: Server, tmp_path: Path) -> None:
    made = ghost(tmp_path, site.url, site.key, clock=lambda: now() - timedelta(hours=3))
    receipt = Tries(made).create(rendered())
    assert published(site) == 1
    made.withdraw(receipt)
