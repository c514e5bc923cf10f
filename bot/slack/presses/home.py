"""The tabs of the app: Home shows what one can ask and has asked, Messages suggests what to ask."""

import logging
from datetime import UTC, datetime

from bot.render import slack_home
from bot.slack.interactions import for_home
from bot.slack.post import Doubtful, NotShown, Refused
from bot.slack.presses.pressed import Pressed
from bot.store.patience import persist

log = logging.getLogger(__name__)


async def home(pressed: Pressed) -> None:
    """Show the Home tab."""
    claim, tools = pressed.claim, pressed.tools
    recent = await persist(lambda: tools.store.recent(claim.team, claim.person, most=slack_home.RECENT_MOST))
    view = slack_home.home(recent, now=datetime.fromtimestamp(tools.clock(), UTC))
    try:
        await tools.poster.publish_home(claim.person, view | {"private_metadata": for_home(claim.channel)})
    except (NotShown, Doubtful, Refused) as failure:
        log.info("a Home tab could not be shown: %s", failure.error)  # it is made anew when it is opened again


async def prompts(pressed: Pressed) -> None:
    """Suggest what to ask."""
    await pressed.tools.poster.suggest(pressed.claim.channel, slack_home.EXAMPLES)
