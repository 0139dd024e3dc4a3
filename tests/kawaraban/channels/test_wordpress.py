"""The wordpress channel against a real WordPress: the kit, faults, races, and what people do to posts by hand."""

from __future__ import annotations

import html
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from kawaraban.channels.conformance import ANOTHER_KEY, KEY, MachineConformance
from kawaraban.channels.protocol import Payload
from kawaraban.channels.wordpress import WordPress
from kawaraban.delivery import Receipt
from kawaraban.errors import ChannelFailure, NotAuthorised, Refused, Sentence, Unavailable, Unsure, joined
from kawaraban.variant import Variant
from tests.builders import NOW
from tests.kawaraban.channels.wordpress_house import bridges, channel_of, sent
from tests.servers.proxy import Proxy, Trouble, aimed, hostile_proxy
from tests.servers.wordpress import WordPress as Site

pytestmark = [pytest.mark.real_server, pytest.mark.xdist_group("wordpress")]
IN_THE_TRASH = "trash"


@pytest.fixture
def site(wordpress_server: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The real site, emptied; the password is the editor's."""
    wordpress_server.clear()
    monkeypatch.setenv("WORDPRESS_PASSWORD", wordpress_server.password)
    return wordpress_server


@pytest.fixture
def proxy(site: Site) -> Iterator[Proxy]:
    with hostile_proxy(site.port) as standing:
        yield standing


@pytest.fixture
def wp(site: Site, tmp_path: Path) -> WordPress:
    return channel_of(tmp_path, site.url)


def as_admin(site: Site, method: str, path: str, **said: Any) -> Any:
    """What a person does at the site."""
    who = ("administrator", site.passwords["administrator"])
    answer = requests.request(method, f"{site.url}/wp-json/wp/v2/{path}", json=said, auth=who, timeout=30)
    assert answer.ok, answer.text
    return answer.json()


class TestTheKit(MachineConformance):
    kind = WordPress

    @pytest.fixture(autouse=True)
    def _server(self, tmp_path: Path, site: Site, proxy: Proxy) -> None:
        self.root, self.site, self.proxy, self.address = tmp_path, site, proxy, proxy.url

    def channel(self) -> WordPress:
        return channel_of(self.root, self.address)

    def stored(self) -> int:
        return len(self.site.stored())

    @contextmanager
    def losing_the_answer(self) -> Iterator[None]:
        self.proxy.troubles.append("reset after")
        yield

    @contextmanager
    def unreachable(self) -> Iterator[None]:
        self.address = "http://127.0.0.1:1"
        yield
        self.address = self.proxy.url


# --- one article ------------------------------------------------------------------------------------------------------


def test_a_whole_article_stands_there_as_it_was_sent(site: Site, wp: WordPress) -> None:
    receipt = sent(wp, bridges())
    (post,) = site.stored()
    assert (post.status, post.title) == ("publish", "橋の名前――渡る人だけが知っている")
    assert receipt.url == post.url == f"{site.url}/names-of-bridges/"
    assert post.raw["date_gmt"] == "2024-05-08T22:00:00", "the day the article is dated"
    assert post.raw["excerpt"]["raw"].startswith("名札のない橋を")
    assert post.alts == ("橋の図", "小さな印")
    assert {site.terms("categories")[one] for one in post.raw["categories"]} == {"雨の聞き方"}
    assert {site.terms("tags")[one] for one in post.raw["tags"]} == {"橋", "川", "名前"}
    assert receipt.differences == ()
    assert wp.read(receipt, bridges()).differences == ()


def test_its_pictures_are_in_the_library_with_their_words_and_under_ascii_names(site: Site, wp: WordPress) -> None:
    sent(wp, bridges())
    (post,) = site.stored()
    cover, mark = site.media()
    assert cover.alts == ("木の橋を下から見た絵",)
    assert cover.text == "夕方の橋（作図・編集室）"
    assert post.raw["featured_media"] == int(cover.id)
    assert all(one.url.isascii() for one in (cover, mark))
    assert f'"id":{cover.id}' in post.text
    assert f'src="{cover.url}" class="wp-image-{cover.id}"' in post.text
    assert "asset:" not in post.text


def test_readers_get_ruby_and_no_order_is_obeyed(wp: WordPress) -> None:
    receipt = sent(wp, bridges())
    page = html.unescape(requests.get(receipt.url or "", timeout=30).text)
    assert "<ruby>欄干<rp>（</rp><rt>らんかん</rt><rp>）</rp></ruby>" in page
    assert "毎朝、[gallery] の前で" in page
    assert "<!-- wp:" not in page


def test_an_edit_changes_the_post_and_uploads_nothing_twice(site: Site, wp: WordPress) -> None:
    receipt = sent(wp, bridges())
    edited = bridges(title="橋の名前、ふたたび", body=bridges().body.replace("渡ってよい", "渡るな"))
    wp.update(Payload(edited), receipt, ANOTHER_KEY, lambda _note: None)
    (post,) = site.stored()
    assert (post.id, post.title, post.raw["slug"]) == (receipt.remote_id, "橋の名前、ふたたび", "names-of-bridges")
    assert "渡るな" in post.text
    assert len(site.media()) == 2
    assert wp.read(receipt, edited).differences == ()
    assert wp.read(receipt, bridges()).differences


def test_a_picture_whose_words_changed_is_another_picture(site: Site, wp: WordPress) -> None:
    receipt = sent(wp, bridges())
    cover = bridges().assets[0]
    edited = bridges(assets=(cover.model_copy(update={"alt": "夕方の木の橋"}), *bridges().assets[1:]))
    wp.update(Payload(edited), receipt, ANOTHER_KEY, lambda _note: None)
    assert [one.alts[0] for one in site.media()] == ["木の橋を下から見た絵", "小さな印", "夕方の木の橋"]
    assert site.stored()[0].raw["featured_media"] == int(site.media()[-1].id)


def test_a_cover_that_was_removed_is_no_featured_image_any_more(site: Site, wp: WordPress) -> None:
    receipt = sent(wp, bridges())
    bare = bridges(head=bridges().head.model_copy(update={"cover": ""}))
    wp.update(Payload(bare), receipt, ANOTHER_KEY, lambda _note: None)
    assert site.stored()[0].raw["featured_media"] == 0


def test_signs_in_title_and_excerpt_are_words(site: Site, wp: WordPress) -> None:
    head = bridges().head.model_copy(update={"description": "1 < 2 & <b>3</b>"})
    variant = bridges(title='A & B <i>"C"</i>', head=head)
    receipt = sent(wp, variant)
    assert wp.read(receipt, variant).differences == ()
    assert "<i>" not in site.stored()[0].raw["title"]["rendered"]


def test_two_articles_share_their_terms(site: Site, wp: WordPress) -> None:
    sent(wp, bridges())
    other = bridges().head.model_copy(update={"slug": "more-bridges", "tags": ("橋", "橋 & 川")})
    sent(wp, bridges(article="9h2t5v8b", head=other))
    sent(wp, bridges(article="2b3c4d5e", head=other.model_copy(update={"slug": "again"})))
    assert sorted(site.terms("tags").values()) == sorted(["橋", "川", "名前", "橋 &amp; 川"])
    assert len([name for name in site.terms("categories").values() if name == "雨の聞き方"]) == 1


def test_one_category_for_all_and_neither_tags_nor_pictures_where_the_settings_say_so(
    site: Site, tmp_path: Path
) -> None:
    wp = channel_of(tmp_path, site.url, category="転載", tags=False, pictures=False)
    sent(wp, bridges(assets=()))
    (post,) = site.stored()
    assert {site.terms("categories")[one] for one in post.raw["categories"]} == {"転載"}
    assert post.raw["tags"] == []
    assert site.media() == []


# --- drafts and dates -------------------------------------------------------------------------------------------------


def test_a_draft_waits_for_a_person_and_is_what_was_sent(site: Site, tmp_path: Path) -> None:
    wp = channel_of(tmp_path, site.url, status="draft")
    receipt = sent(wp, bridges())
    assert [post.status for post in site.stored()] == ["draft"]
    assert wp.read(receipt, bridges()).differences == ()
    found = wp.find(Payload(bridges()), KEY)
    assert found is not None
    assert found.remote_id == receipt.remote_id
    as_admin(site, "POST", f"posts/{receipt.remote_id}", status="publish")
    wp.update(Payload(bridges(title="直した題")), receipt, ANOTHER_KEY, lambda _note: None)
    assert [(post.status, post.title) for post in site.stored()] == [("publish", "直した題")]


def test_a_date_to_come_is_never_said_so_that_wordpress_never_waits_for_it(site: Site, tmp_path: Path) -> None:
    head = bridges().head.model_copy(update={"published": datetime(2099, 1, 1, tzinfo=UTC)})
    sent(channel_of(tmp_path, site.url), bridges(head=head))
    (post,) = site.stored()
    assert post.status == "publish"
    assert post.raw["date_gmt"] < "2099"


def test_a_site_whose_clock_is_behind_publishes_all_the_same(site: Site, tmp_path: Path) -> None:
    ahead = datetime.now(UTC) + timedelta(hours=2)  # of a site two hours behind us
    head = bridges().head.model_copy(update={"published": ahead - timedelta(minutes=1)})
    receipt = sent(channel_of(tmp_path, site.url, now=ahead), bridges(head=head))
    (post,) = site.stored()
    assert (post.status, post.id) == ("publish", receipt.remote_id)


# --- faults -----------------------------------------------------------------------------------------------------------

FAULTS: tuple[Trouble, ...] = ("reset after", "500", "429", "slow loris", "cut answer")
"""What channels meet: accepted and dropped, accepted and 500, refused with a hint, accepted too slowly, a torn answer."""

STEPS = ("picture", "category", "tag", "draft", "publish")
"""The requests that change something, in order, where an article has one picture and one tag."""

MET = [(step, fault) for step in ("picture", "draft", "publish") for fault in FAULTS]


def small(**changes: Any) -> Variant:
    """An article with its cover only."""
    whole = bridges()
    head = whole.head.model_copy(update={"tags": ("橋",)})
    body = "<!-- wp:paragraph -->\n<p>文。https://example.com/articles/names-of-bridges/</p>\n<!-- /wp:paragraph -->"
    return bridges(body=body, head=head, assets=whole.assets[:1], **changes)


def until_it_is_there(root: Path, server: str, variant: Variant) -> list[type[ChannelFailure]]:
    """Try as the stage does: ask after a doubt, then the same create with the note of the try before."""
    failures: list[type[ChannelFailure]] = []
    notes: list[str] = [""]
    for _ in range(12):
        wp = channel_of(root, server, timeout="1s")
        try:
            if failures and wp.find(Payload(variant), KEY) is not None:
                return failures
            sent(wp, variant, saved=notes[-1], notes=notes)
        except ChannelFailure as failure:
            failures.append(type(failure))
        else:
            return failures
    msg = f"never there: {failures}"
    raise AssertionError(msg)


@pytest.mark.parametrize(("step", "fault"), [*MET, ("category", "reset after"), ("tag", "reset after")])
def test_a_fault_at_any_step_ends_in_one_post_with_one_picture(
    site: Site, proxy: Proxy, tmp_path: Path, step: str, fault: Trouble
) -> None:
    passing: list[Trouble | None] = [None] * STEPS.index(step)
    proxy.troubles.extend([*passing, fault])  # type: ignore[list-item] # None: that request passes
    failures = until_it_is_there(tmp_path, proxy.url, small())
    assert proxy.played[-1] == fault
    assert [post.status for post in site.stored()] == ["publish"]
    assert site.stored(IN_THE_TRASH) == []
    assert [one.alts[0] for one in site.media()] == ["木の橋を下から見た絵"]
    assert list(site.terms("tags").values()) == ["橋"]
    assert Refused not in failures
    found = channel_of(tmp_path, site.url).find(Payload(small()), KEY)
    assert found is not None
    assert found.differences == ()


def test_a_draft_that_was_left_is_taken_away_and_nobody_elses(site: Site, proxy: Proxy, tmp_path: Path) -> None:
    wp = channel_of(tmp_path, proxy.url)
    proxy.troubles.append(aimed("drop", path="/wp/v2/posts"))
    with pytest.raises(Unsure):
        sent(wp, small())
    assert [post.status for post in site.stored()] == ["draft"]
    another = str(as_admin(site, "POST", "posts", title=small().title, slug=small().head.slug, status="draft")["id"])
    wp.discard(small())
    assert [post.id for post in site.stored()] == [another]
    wp.discard(small())


def test_an_upload_whose_answer_is_lost_has_posted_nothing(site: Site, proxy: Proxy, tmp_path: Path) -> None:
    proxy.troubles.append("reset after")
    with pytest.raises(Unavailable):
        sent(channel_of(tmp_path, proxy.url), bridges())
    assert site.stored() == []


def test_what_lies_there_as_a_draft_is_nothing_yet_and_is_gone_on_from(
    site: Site, proxy: Proxy, tmp_path: Path
) -> None:
    wp, notes = channel_of(tmp_path, proxy.url), [""]
    proxy.troubles.extend([None, None, None, "reset after", "reset before"])  # type: ignore[list-item] # as above
    with pytest.raises(Unsure):
        sent(wp, small(), notes=notes)
    assert [post.status for post in site.stored()] == ["draft"]
    assert wp.find(Payload(small()), KEY) is None
    with pytest.raises(Unsure):
        sent(wp, small(), saved=notes[-1], notes=notes)
    assert notes[-1] == site.stored()[0].id
    receipt = sent(wp, small(), saved=notes[-1])
    assert [(post.id, post.status) for post in site.stored()] == [(receipt.remote_id, "publish")]


def test_an_edit_and_a_withdrawal_whose_answers_are_lost_are_told_again_without_harm(
    site: Site, proxy: Proxy, tmp_path: Path
) -> None:
    wp, edited = channel_of(tmp_path, proxy.url), small(title="直した題")
    receipt = sent(wp, small())
    proxy.troubles.append("reset after")
    with pytest.raises(Unsure):
        wp.update(Payload(edited), receipt, ANOTHER_KEY, lambda _note: None)
    wp.update(Payload(edited), receipt, ANOTHER_KEY, lambda _note: None)
    assert [(post.id, post.title) for post in site.stored()] == [(receipt.remote_id, "直した題")]
    proxy.troubles.append("500")
    with pytest.raises(Unsure):
        wp.withdraw(receipt)
    wp.withdraw(receipt)
    assert (site.stored(), len(site.stored(IN_THE_TRASH))) == ([], 1)


def test_four_tries_at_once_make_one_post(site: Site, tmp_path: Path) -> None:
    variant, receipts, failures = bridges(), [], []

    def trying() -> None:
        try:
            receipts.append(sent(channel_of(tmp_path, site.url), variant))
        except ChannelFailure as failure:
            failures.append(failure)

    threads = [threading.Thread(target=trying) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    posts = site.stored()
    assert [(post.status, post.raw["slug"]) for post in posts] == [("publish", "names-of-bridges")]
    assert {receipt.remote_id for receipt in receipts} <= {posts[0].id}
    assert receipts, failures


def test_a_try_goes_on_from_the_draft_of_the_one_before(site: Site, wp: WordPress) -> None:
    draft = as_admin(site, "POST", "posts", title="橋の名前――渡る人だけが知っている", slug="elsewhere", status="draft")
    receipt = sent(wp, bridges(), saved=str(draft["id"]))
    assert [(post.id, post.status) for post in site.stored()] == [(receipt.remote_id, "publish")]
    assert receipt.remote_id == str(draft["id"])
    assert wp.read(receipt, bridges()).differences == ()


# --- what people do ---------------------------------------------------------------------------------------------------


def test_somebody_elses_post_with_our_slug_is_never_written_over(site: Site, wp: WordPress) -> None:
    other = as_admin(
        site, "POST", "posts", title="よその橋", slug="names-of-bridges", status="publish", content="<p>別の話</p>"
    )
    assert wp.find(Payload(bridges()), KEY) is None
    with pytest.raises(Refused) as failure:
        sent(wp, bridges())
    assert "よその橋" in failure.value.what.ja
    assert failure.value.remedy is not None
    assert "adopt" in failure.value.remedy.en
    assert [(post.id, post.title) for post in site.stored()] == [(str(other["id"]), "よその橋")]


def test_a_post_that_leads_to_our_page_is_ours_whoever_wrote_it(site: Site, wp: WordPress) -> None:
    page = "https://example.com/articles/names-of-bridges/"
    by_hand = as_admin(
        site, "POST", "posts", title="橋", slug="names-of-bridges", status="publish", content=f'<a href="{page}">元</a>'
    )
    found = wp.find(Payload(bridges()), KEY)
    assert found is not None
    assert found.remote_id == str(by_hand["id"])


def test_a_change_by_hand_is_noticed_and_said(site: Site, wp: WordPress) -> None:
    receipt = sent(wp, bridges())
    (post,) = site.stored()
    as_admin(site, "POST", f"posts/{post.id}", content=post.text.replace("毎朝", "毎晩"))
    copy = wp.read(receipt, bridges())
    assert copy.present
    (differs,) = copy.differences
    assert "（送ったのは「" in differs.ja
    assert "(sent was `" in differs.en
    assert all("毎晩" in one and "毎朝" in one for one in (differs.ja, differs.en))
    as_admin(site, "POST", f"posts/{post.id}", title="別の題", excerpt="別の抜粋", status="private", featured_media=0)
    said = joined(wp.read(receipt, bridges()).differences)
    assert all(word in said.ja for word in ("非公開", "別の題", "抜粋", "アイキャッチ画像"))
    assert all(word in said.en for word in ("private", "別の題", "the excerpt", "the featured image"))


def test_the_editors_other_way_to_write_the_same_is_no_change(site: Site, wp: WordPress) -> None:
    receipt = sent(wp, bridges())
    (post,) = site.stored()
    other_way = post.text.replace("&#91;", "[").replace("/>", " />").replace("\n\n", "\n").replace("「", "&#12300;")
    as_admin(site, "POST", f"posts/{post.id}", content=other_way)
    assert wp.read(receipt, bridges()).differences == ()


def test_a_post_in_the_trash_is_gone_and_is_not_brought_back_by_an_edit(site: Site, wp: WordPress) -> None:
    receipt = sent(wp, bridges())
    site.delete(receipt.remote_id)
    assert not wp.read(receipt, bridges()).present
    with pytest.raises(Refused):
        wp.update(Payload(bridges(title="直した題")), receipt, ANOTHER_KEY, lambda _note: None)
    assert site.stored() == []
    wp.withdraw(receipt)
    again = sent(wp, bridges())
    assert [post.id for post in site.stored()] == [again.remote_id]
    assert again.url == f"{site.url}/names-of-bridges/"


def test_withdrawing_puts_it_into_the_trash(site: Site, wp: WordPress) -> None:
    receipt = sent(wp, bridges())
    wp.withdraw(receipt)
    assert [post.id for post in site.stored(IN_THE_TRASH)] == [receipt.remote_id]
    wp.withdraw(Receipt("999999", None, NOW))


def test_an_edit_publishes_nothing_that_a_person_took_back(site: Site, wp: WordPress) -> None:
    receipt = sent(wp, bridges())
    as_admin(site, "POST", f"posts/{receipt.remote_id}", status="draft")
    changed = wp.update(Payload(bridges(title="直した題")), receipt, ANOTHER_KEY, lambda _note: None)
    (post,) = site.stored()
    assert (post.status, post.title) == ("draft", "直した題")
    assert changed.differences[0] == Sentence(ja="公開されていません（下書き）", en="it is not public (a draft)")


def test_posts_tell_title_words_and_where_they_lead(site: Site, wp: WordPress) -> None:
    receipt = sent(wp, bridges())
    as_admin(site, "POST", "posts", title="よその &amp; 橋", status="publish", content="<p>一行</p><p>二行</p>")
    other, ours = wp.posts()
    assert (other.title, other.text, other.links) == ("よその & 橋", "一行\n二行", ())
    assert ours.receipt.remote_id == receipt.remote_id
    assert "https://example.com/articles/names-of-bridges/" in ours.links
    assert "https://example.com/book" in ours.links


def test_an_article_without_a_way_back_is_recalled_by_slug_and_title(wp: WordPress) -> None:
    bare = bridges(body="<!-- wp:paragraph -->\n<p>文。</p>\n<!-- /wp:paragraph -->", assets=())
    receipt = sent(wp, bare)
    assert wp.recall([bare])[bare.article].remote_id == receipt.remote_id
    assert wp.recall([bare.model_copy(update={"title": "別の題", "article": "9h2t5v8b"})]) == {}


# --- who we are -------------------------------------------------------------------------------------------------------


@pytest.fixture
def author(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WordPress:
    monkeypatch.setenv("WORDPRESS_PASSWORD", site.passwords["author"])
    return channel_of(tmp_path, site.url, user="author")


def test_an_author_posts_the_same_into_a_category_that_is_there(site: Site, author: WordPress) -> None:
    as_admin(site, "POST", "categories", name="雨の聞き方")
    receipt = sent(author, bridges())
    assert receipt.differences == (), "what an author's rights filter is written another way, and says the same"
    assert author.read(receipt, bridges()).differences == ()


def test_an_author_can_make_no_category_and_is_told_what_to_do(site: Site, author: WordPress) -> None:
    with pytest.raises(Refused) as failure:
        sent(author, bridges())
    assert not isinstance(failure.value, NotAuthorised), "one article is no reason to hold the channel"
    assert "雨の聞き方" in failure.value.what.ja
    assert site.stored() == []


def test_what_an_authors_rights_took_away_is_said(author: WordPress) -> None:
    head = bridges().head.model_copy(update={"series": ""})
    body = '<!-- wp:html -->\n<iframe src="https://example.com/"></iframe><p>文。</p>\n<!-- /wp:html -->'
    receipt = sent(author, bridges(head=head, body=body, assets=()))
    (said,) = receipt.differences
    assert "iframe" in said.en


def test_an_author_sees_no_others_draft_and_takes_no_other_slug(site: Site, author: WordPress) -> None:
    as_admin(site, "POST", "posts", title="よその橋", slug="names-of-bridges", status="draft")
    head = bridges().head.model_copy(update={"series": ""})
    with pytest.raises(Refused) as failure:
        sent(author, bridges(head=head, assets=()))
    assert "names-of-bridges" in failure.value.what.en
    assert len(site.stored()) == 1


def test_a_probe_names_the_account_and_posts_nothing(site: Site, wp: WordPress) -> None:
    probe = wp.probe()
    assert probe.account == wp.account()
    assert probe.account.endswith(f"@127.0.0.1:{site.port}")
    assert (probe.shown, probe.server) == ("editor (editor)", "WordPress 6.1.9")
    assert site.stored() == []


def test_a_user_who_may_not_publish_is_found_before_anything_is_sent(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORDPRESS_PASSWORD", site.passwords["contributor"])
    with pytest.raises(NotAuthorised) as failure:
        channel_of(tmp_path, site.url, user="contributor").probe()
    assert "publish_posts, upload_files" in failure.value.what.en
    drafts = channel_of(tmp_path, site.url, user="contributor", status="draft", pictures=False)
    assert drafts.probe().account


def test_a_wrong_password_is_said_with_what_to_do_and_never_shown(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORDPRESS_PASSWORD", "abcd efgh ijkl mnop")
    wp = channel_of(tmp_path, site.url)
    for asked in (wp.account, wp.probe, lambda: wp.find(Payload(bridges()), KEY), lambda: sent(wp, bridges())):
        with pytest.raises(NotAuthorised) as failure:
            asked()
        assert failure.value.remedy is not None
        assert "application password" in failure.value.remedy.en
        assert "abcd" not in repr(failure.value) + failure.value.said("ja")
    assert site.stored() == []


def test_a_note_of_another_try_that_is_gone_begins_anew(site: Site, wp: WordPress) -> None:
    receipt = sent(wp, bridges(), saved="999999")
    assert [post.id for post in site.stored()] == [receipt.remote_id]
    payload = replace(wp.prepare(bridges()), saved="no number")
    assert wp.create(payload, KEY, lambda _note: None).remote_id == receipt.remote_id


@pytest.mark.parametrize("written", ["{site}/?p={id}", "{site}/wp-admin/post.php?post={id}&action=edit", "{link}"])
def test_a_post_that_a_person_settled_by_its_address_is_known(site: Site, wp: WordPress, written: str) -> None:
    made = sent(wp, bridges())
    address = written.format(site=site.url, id=made.remote_id, link=made.url)
    receipt = Receipt(address, address, NOW, verified=False)
    assert wp.read(receipt, bridges()).present
    assert wp.update(Payload(bridges()), receipt, ANOTHER_KEY, lambda _note: None).remote_id == made.remote_id
    wp.withdraw(receipt)
    assert site.stored() == []
    assert not wp.read(receipt, bridges()).present


def test_an_address_of_no_post_is_nothing(site: Site, wp: WordPress) -> None:
    receipt = Receipt(f"{site.url}/no-such-page/", None, NOW, verified=False)
    assert not wp.read(receipt, bridges()).present
    wp.withdraw(receipt)


def test_a_site_without_readable_addresses_is_asked_another_way(site: Site, tmp_path: Path) -> None:
    wp = channel_of(tmp_path, f"{site.url}/no-such-folder")
    receipt = sent(wp, bridges())
    assert [post.id for post in site.stored()] == [receipt.remote_id]
    assert wp.read(receipt, bridges()).differences == ()
