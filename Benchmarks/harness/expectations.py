"""What the services answer when all is well."""

import json
import re
from dataclasses import dataclass

POST_MEMBERS = ["id", "author", "text", "mediaUrls", "createdAt", "likes", "comments", "liked"]
CHECK_MEMBERS = ["allowed", "policy", "limit", "remaining", "retryAfterMs", "resetAfterMs", "decidedBy"]


@dataclass(frozen=True)
class Check:
    """The rate limiter's answer to a check."""

    policy: str
    allowed: bool
    decided_by: tuple[str, ...]

    @property
    def status(self) -> int:
        return 200 if self.allowed else 429

    def difference(self, headers: dict[str, str], body: bytes) -> str | None:
        name = re.escape(self.policy)
        if not re.fullmatch(rf'"{name}";q=\d+;w=\d+', headers.get("ratelimit-policy", "")):
            return "RateLimit-Policy is missing or wrong"
        if not re.fullmatch(rf'"{name}";r=\d+;t=\d+', headers.get("ratelimit", "")):
            return "RateLimit is missing or wrong"
        if not self.allowed and not re.fullmatch(r"[1-9]\d*", headers.get("retry-after", "")):
            return "Retry-After is missing or wrong"
        answer = _object(body)
        if answer is None:
            return "the body is not JSON"
        if any(member not in answer for member in CHECK_MEMBERS):
            return "a member is missing in the body"
        if answer["allowed"] is not self.allowed or answer["policy"] != self.policy:
            return "the body says something else"
        if answer["decidedBy"] not in self.decided_by:
            return f"decided by {answer['decidedBy']}"
        return None


@dataclass(frozen=True)
class Redirect:
    """A short link is followed, and nobody on the way may keep the answer."""

    location: str
    status: int = 302

    def difference(self, headers: dict[str, str], body: bytes) -> str | None:
        if headers.get("location") != self.location:
            return "Location is missing or wrong"
        if headers.get("cache-control") != "no-store":
            return "Cache-Control is missing or wrong"
        if "date" not in headers:
            return "Date is missing"
        return None


@dataclass(frozen=True)
class CreatedLink:
    """A link has been created, and the answer says which."""

    url: str
    status: int = 201

    def difference(self, headers: dict[str, str], body: bytes) -> str | None:
        answer = _object(body)
        if answer is None:
            return "the body is not JSON"
        if answer.get("url") != self.url or not re.fullmatch(r"[0-9A-Za-z]{6,7}", str(answer.get("id"))):
            return "the body says something else"
        short = answer.get("shortUrl")
        if not str(short).endswith(f"/{answer['id']}") or headers.get("location") != short:
            return "Location is missing or wrong"
        return None


@dataclass(frozen=True)
class FeedPage:
    """The first page of a feed: so many posts of those who are followed, newest first, and there are more."""

    followed: frozenset[str]
    items: int
    status: int = 200

    def difference(self, headers: dict[str, str], body: bytes) -> str | None:
        answer = _object(body)
        if answer is None:
            return "the body is not JSON"
        items = answer.get("items")
        if not isinstance(items, list) or len(items) != self.items or not isinstance(answer.get("nextCursor"), str):
            return "items or nextCursor are missing or wrong"
        if any(member not in item for item in items for member in POST_MEMBERS):
            return "a member is missing in a post"
        places = [(item["createdAt"], item["id"]) for item in items]
        if places != sorted(set(places), reverse=True):
            return "the posts are not in their order, or not each once"
        if not {item["author"] for item in items} <= self.followed:
            return "a post is of somebody who is not followed"
        return None


def _object(body: bytes) -> dict | None:
    try:
        value = json.loads(body)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
