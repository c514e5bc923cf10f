"""What Slack accepts as a block element: buttons, menus, pickers, inputs and images."""

from .shapes import (
    Check,
    Fields,
    Walk,
    anything,
    array,
    boolean,
    either,
    integer,
    may,
    must,
    one_of,
    string,
    structure,
    text,
    typed,
    unique,
    url,
)

PLAIN = ("plain_text",)
ANY_TEXT = ("plain_text", "mrkdwn")
BUTTON_TEXT_LONGEST = 75
BUTTON_VALUE_LONGEST = 2000
BUTTON_STYLE = one_of("primary", "danger")

ACTION_ID = unique("action_id", lambda walk: walk.action_ids)
_CONFIRM = structure(
    {
        "title": must(text(*PLAIN, longest=100)),
        "text": must(text(*ANY_TEXT, longest=300)),
        "confirm": must(text(*PLAIN, longest=30)),
        "deny": must(text(*PLAIN, longest=30)),
        "style": may(BUTTON_STYLE),
    }
)
_PLACEHOLDER = may(text(*PLAIN, longest=150))


def _element(fields: Fields, *, also: Check = anything) -> Check:
    return structure({"type": must(anything), "action_id": may(ACTION_ID), **fields}, also=also)


def _option(*kinds: str, link: bool = False) -> Check:
    fields = {
        "text": must(text(*kinds, longest=75)),
        "value": must(string(longest=150)),
        "description": may(text(*kinds, longest=75)),
    }
    return structure(fields | {"url": may(url())} if link else fields)


_BUTTON_FIELDS: Fields = {
    "text": must(text(*PLAIN, longest=BUTTON_TEXT_LONGEST)),
    "url": may(url()),
    "value": may(string(longest=BUTTON_VALUE_LONGEST, shortest=0)),
    "style": may(BUTTON_STYLE),
    "confirm": may(_CONFIRM),
    "accessibility_label": may(string(longest=75)),
    "agent_prompt": may(string(longest=4000)),
    "agent_prompt_display": may(string(longest=4000)),
    "visible_to_user_ids": may(array(string(longest=255), most=10)),
}
_FEEDBACK_BUTTON = structure(
    {
        "text": must(text(*PLAIN, longest=BUTTON_TEXT_LONGEST)),
        "value": must(string(longest=BUTTON_VALUE_LONGEST)),
        "accessibility_label": may(string(longest=75)),
    }
)
_GROUP = structure(
    {"label": must(text(*PLAIN, longest=75)), "options": must(array(_option(*PLAIN), most=100))},
)


def _one_source(value: object, at: str, walk: Walk) -> None:
    if isinstance(value, dict) and bool(value.get("options")) == bool(value.get("option_groups")):
        walk.say("must define either `options` or `option_groups`", at)


def _menu(fields: Fields, *, also: Check = anything, many: bool = False) -> Check:
    shared: Fields = {"placeholder": _PLACEHOLDER, "confirm": may(_CONFIRM), "focus_on_load": may(boolean)}
    several: Fields = {"max_selected_items": may(integer(least=1, most=100))} if many else {}
    return _element({**shared, **several, **fields}, also=also)


_STATIC: Fields = {
    "options": may(array(_option(*PLAIN), most=100)),
    "option_groups": may(array(_GROUP, most=100)),
}
_RESPONSE_URL: Fields = {"response_url_enabled": may(boolean)}
_CHOICES: Fields = {"options": must(array(_option(*ANY_TEXT), most=10)), "confirm": may(_CONFIRM)}

MENUS: dict[str, Check] = {
    "static_select": _menu({**_STATIC, "initial_option": may(anything)}, also=_one_source),
    "multi_static_select": _menu({**_STATIC, "initial_options": may(anything)}, also=_one_source, many=True),
    "external_select": _menu({"initial_option": may(anything), "min_query_length": may(anything)}),
    "multi_external_select": _menu({"initial_options": may(anything), "min_query_length": may(anything)}, many=True),
    "users_select": _menu({"initial_user": may(anything)}),
    "multi_users_select": _menu({"initial_users": may(anything)}, many=True),
    "conversations_select": _menu(
        {
            "initial_conversation": may(anything),
            "default_to_current_conversation": may(boolean),
            "filter": may(anything),
            **_RESPONSE_URL,
        }
    ),
    "multi_conversations_select": _menu(
        {
            "initial_conversations": may(anything),
            "default_to_current_conversation": may(boolean),
            "filter": may(anything),
        },
        many=True,
    ),
    "channels_select": _menu({"initial_channel": may(anything), **_RESPONSE_URL}),
    "multi_channels_select": _menu({"initial_channels": may(anything)}, many=True),
}
PICKERS: dict[str, Check] = {
    "datepicker": _menu({"initial_date": may(string(longest=10))}),
    "timepicker": _menu({"initial_time": may(string(longest=5)), "timezone": may(string(longest=255))}),
    "datetimepicker": _menu({"initial_date_time": may(integer(least=0, most=9_999_999_999))}),
    "checkboxes": _menu({**_CHOICES, "initial_options": may(anything)}),
    "radio_buttons": _menu({**_CHOICES, "initial_option": may(anything)}),
}
BUTTONS: dict[str, Check] = {
    "button": _element(_BUTTON_FIELDS),
    "overflow": _element(
        {"options": must(array(_option(*PLAIN, link=True), most=5)), "confirm": may(_CONFIRM)},
    ),
    "workflow_button": _element(
        {
            "text": must(text(*PLAIN, longest=BUTTON_TEXT_LONGEST)),
            "workflow": must(anything),
            "style": may(BUTTON_STYLE),
            "accessibility_label": may(string(longest=75)),
        }
    ),
}
CONTEXT_BUTTONS: dict[str, Check] = {
    "feedback_buttons": _element(
        {"positive_button": must(_FEEDBACK_BUTTON), "negative_button": must(_FEEDBACK_BUTTON)}
    ),
    "icon_button": _element(
        {
            "icon": must(string(longest=255)),
            "text": must(text(*PLAIN, longest=BUTTON_TEXT_LONGEST)),
            "value": may(string(longest=BUTTON_VALUE_LONGEST)),
            "confirm": may(_CONFIRM),
            "accessibility_label": may(string(longest=75)),
            "visible_to_user_ids": may(array(string(longest=255), most=10)),
        }
    ),
}
_TYPED: Fields = {
    "initial_value": may(string(longest=3000, shortest=0)),
    "placeholder": _PLACEHOLDER,
    "focus_on_load": may(boolean),
    "dispatch_action_config": may(anything),
}
INPUTS: dict[str, Check] = {
    "plain_text_input": _element(
        {
            **_TYPED,
            "multiline": may(boolean),
            "min_length": may(integer(least=0, most=3000)),
            "max_length": may(integer(least=1, most=3000)),
        }
    ),
    "email_text_input": _element(_TYPED),
    "url_text_input": _element(_TYPED),
    "number_input": _element(
        {**_TYPED, "is_decimal_allowed": must(boolean), "min_value": may(anything), "max_value": may(anything)}
    ),
    "rich_text_input": _element({**_TYPED, "initial_value": may(anything)}),
    "file_input": _element(
        {"filetypes": may(array(string(longest=255), most=100)), "max_files": may(integer(least=1, most=10))}
    ),
}

_IMAGE_FIELDS: Fields = {
    "type": must(anything),
    "image_url": may(url(web_only=True)),
    "slack_file": may(structure({"id": may(string(longest=255)), "url": may(url(web_only=True))})),
    "alt_text": must(string(longest=2000)),
}
IMAGE = structure(_IMAGE_FIELDS, also=either("image_url", "slack_file"))
IMAGE_BLOCK_FIELDS: Fields = {**_IMAGE_FIELDS, "title": may(text(*PLAIN, longest=2000))}

ACTIONS = typed({**BUTTONS, **MENUS, **PICKERS})
ACCESSORY = typed({**BUTTONS, **MENUS, **PICKERS, "image": IMAGE})
INPUT = typed({**MENUS, **PICKERS, **INPUTS})
CONTEXT_ACTIONS = typed(CONTEXT_BUTTONS)
BUTTON = typed({"button": BUTTONS["button"]})
