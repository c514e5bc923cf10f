"""The Web API's chat.* methods: posting, changing, streaming."""

from .rules import UPDATED_TEXT_LONGEST, message_refusal, stream_refusal
from .state import Channel, ChannelKind, Message, Stream, StreamState, stored_blocks
from .wire import Arguments, JsonObject, Refused, refuse
from .workspace import Workspace


def post_message(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """chat.postMessage, which alone takes names of channels and ids of people as well."""
    channel = _may_write(workspace, workspace.place(arguments.required("channel")))
    message = _composed(workspace, channel, arguments)
    thread_ts = arguments.text("thread_ts")
    if thread_ts is not None:
        message.thread_ts = workspace.root(channel, thread_ts).ts
        if arguments.flag("reply_broadcast"):
            message.subtype = "thread_broadcast"
    workspace.post(message)
    return {"channel": channel.id, "ts": message.ts, "message": message.api(workspace.app.team_id)}


def post_ephemeral(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """chat.postEphemeral."""
    channel = _writable(workspace, arguments)
    user = arguments.required("user")
    if user not in workspace.users:
        raise Refused("user_not_found")
    if user not in channel.members:
        raise Refused("user_not_in_channel")
    message = _composed(workspace, channel, arguments)
    message.ephemeral_to = user
    thread_ts = arguments.text("thread_ts")
    if thread_ts is not None:
        message.thread_ts = workspace.root(channel, thread_ts).ts
    workspace.post(message)
    return {"message_ts": message.ts}


def update(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """chat.update."""
    channel = _writable(workspace, arguments)
    message = _own(workspace, channel, arguments, refused="cant_update_message")
    stream = workspace.refresh(message).stream
    if stream is not None and stream.state is StreamState.OPEN:
        raise Refused("streaming_state_conflict")
    text, blocks, markdown = _content(arguments)
    attachments = arguments.structure("attachments", malformed="invalid_attachments")
    refuse(
        message_refusal(
            text=text,
            blocks=blocks,
            attachments=attachments,
            markdown_text=markdown,
            metadata=arguments.structure("metadata", malformed="invalid_metadata_format"),
            longest=UPDATED_TEXT_LONGEST,
            may_be_empty="blocks" in arguments.values and bool(message.text),
        )
    )
    if markdown is not None:
        text, blocks = markdown, [{"type": "markdown", "text": markdown}]
    # With blocks a message does not show that it was edited.
    workspace.change(message, text=text, blocks=blocks, edited_by=None if blocks else workspace.app.bot_user)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": message.text,
        "message": message.api(workspace.app.team_id),
    }


def delete(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """chat.delete."""
    channel = _writable(workspace, arguments)
    message = _own(workspace, channel, arguments, refused="cant_delete_message")
    stream = workspace.refresh(message).stream
    if stream is not None and stream.state is StreamState.OPEN:
        raise Refused("cant_delete_message")
    workspace.delete(message)
    return {"channel": channel.id, "ts": message.ts}


def permalink(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """chat.getPermalink."""
    channel = workspace.channel(arguments.required("channel"))
    message = workspace.message(channel, arguments.required("message_ts"))
    link = f"https://{workspace.app.domain}.slack.com/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def start_stream(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """chat.startStream."""
    channel = _writable(workspace, arguments)
    root = workspace.root(channel, arguments.required("thread_ts"))
    recipient = arguments.text("recipient_user_id")
    if channel.kind is not ChannelKind.DIRECT:
        if recipient is None:
            raise Refused("missing_recipient_user_id")
        if arguments.text("recipient_team_id") is None:
            raise Refused("missing_recipient_team_id")
    if recipient is not None and recipient not in workspace.users:
        raise Refused("user_not_found")
    chunks = _chunks(arguments)
    refuse(stream_refusal(markdown_text=arguments.text("markdown_text"), chunks=chunks))
    message = _new(workspace, channel, text="", blocks=[])
    message.thread_ts = root.ts
    message.stream = Stream(started_at=workspace.clock.now(), recipient=recipient)
    _add(message, message.stream, arguments, chunks)
    workspace.post(message)
    return {"channel": channel.id, "ts": message.ts}


def append_stream(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """chat.appendStream."""
    channel = _writable(workspace, arguments)
    message = _own(workspace, channel, arguments, refused="message_not_owned_by_app")
    stream = workspace.stream(message)
    chunks = _chunks(arguments)
    refuse(stream_refusal(markdown_text=arguments.text("markdown_text"), chunks=chunks, may_be_empty=False))
    _add(message, stream, arguments, chunks)
    workspace.touch()
    return {"channel": channel.id, "ts": message.ts}


def stop_stream(workspace: Workspace, arguments: Arguments) -> JsonObject:
    """chat.stopStream."""
    channel = _writable(workspace, arguments)
    message = _own(workspace, channel, arguments, refused="message_not_owned_by_app")
    stream = workspace.stream(message)
    chunks = _chunks(arguments)
    blocks = arguments.structure("blocks", malformed="invalid_blocks_format")
    refuse(stream_refusal(markdown_text=arguments.text("markdown_text"), chunks=chunks, blocks=blocks))
    _add(message, stream, arguments, chunks)
    stream.state = StreamState.STOPPED
    workspace.change(message, text=None, blocks=[*message.blocks, *(blocks or [])], edited_by=None)
    return {"channel": channel.id, "ts": message.ts, "message": message.api(workspace.app.team_id)}


def _writable(workspace: Workspace, arguments: Arguments) -> Channel:
    return _may_write(workspace, workspace.channel(arguments.required("channel")))


def _may_write(workspace: Workspace, channel: Channel) -> Channel:
    if channel.is_archived:
        raise Refused("is_archived")
    if workspace.app.bot_user not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _own(workspace: Workspace, channel: Channel, arguments: Arguments, *, refused: str) -> Message:
    message = workspace.message(channel, arguments.required("ts"))
    if message.bot_id != workspace.app.bot_id:
        raise Refused(refused)
    return message


def _content(arguments: Arguments) -> tuple[str | None, list[JsonObject] | None, str | None]:
    blocks = arguments.structure("blocks", malformed="invalid_blocks_format")
    text = arguments.values.get("text")
    return None if text is None else str(text), blocks, arguments.text("markdown_text")


def _composed(workspace: Workspace, channel: Channel, arguments: Arguments) -> Message:
    text, blocks, markdown = _content(arguments)
    attachments = arguments.structure("attachments", malformed="invalid_attachments")
    metadata = arguments.structure("metadata", malformed="invalid_metadata_format")
    refuse(
        message_refusal(text=text, blocks=blocks, attachments=attachments, markdown_text=markdown, metadata=metadata)
    )
    if markdown is not None:
        text, blocks = markdown, [{"type": "markdown", "text": markdown}]
    message = _new(workspace, channel, text=text or "", blocks=list(blocks or []))
    message.attachments = list(attachments or [])
    message.metadata = metadata
    message.unfurl_links = "unfurl_links" not in arguments.values or arguments.flag("unfurl_links")
    message.unfurl_media = "unfurl_media" not in arguments.values or arguments.flag("unfurl_media")
    return message


def _new(workspace: Workspace, channel: Channel, *, text: str, blocks: list[JsonObject]) -> Message:
    return Message(
        channel=channel.id,
        ts=workspace.new_ts(),
        user=workspace.app.bot_user,
        bot_id=workspace.app.bot_id,
        text=text,
        blocks=blocks,
    )


def _chunks(arguments: Arguments) -> list[JsonObject] | None:
    chunks: list[JsonObject] | None = arguments.structure("chunks", malformed="invalid_chunks")
    return chunks


def _add(message: Message, stream: Stream, arguments: Arguments, chunks: list[JsonObject] | None) -> None:
    stream.markdown += arguments.text("markdown_text") or ""
    for chunk in chunks or []:
        if chunk["type"] == "markdown_text":
            stream.markdown += chunk["text"]
        elif chunk["type"] == "plan_update":
            stream.plan = chunk["title"]
        elif chunk["type"] == "blocks":
            stream.blocks += chunk["blocks"]
        else:
            _update_task(stream, chunk)
    message.text = stream.markdown
    message.blocks = stored_blocks(_streamed_blocks(stream))


def _update_task(stream: Stream, chunk: JsonObject) -> None:
    # A task's title and status are replaced; its details and output grow.
    task = stream.tasks.setdefault(chunk["id"], {"details": "", "output": "", "sources": []})
    task |= {"title": chunk["title"], "status": chunk["status"]}
    task["details"] += chunk.get("details") or ""
    task["output"] += chunk.get("output") or ""
    task["sources"] = [*task["sources"], *(chunk.get("sources") or [])]


def _streamed_blocks(stream: Stream) -> list[JsonObject]:
    cards = [_task_card(task_id, task) for task_id, task in stream.tasks.items()]
    blocks = [{"type": "plan", "title": stream.plan, "tasks": cards}] if stream.plan is not None else cards
    if stream.markdown:
        blocks.append({"type": "markdown", "text": stream.markdown})
    return [*blocks, *stream.blocks]


def _task_card(task_id: str, task: JsonObject) -> JsonObject:
    card: JsonObject = {"type": "task_card", "task_id": task_id, "title": task["title"], "status": task["status"]}
    for key in ("details", "output"):
        if task[key]:
            section = {"type": "rich_text_section", "elements": [{"type": "text", "text": task[key]}]}
            card[key] = {"type": "rich_text", "elements": [section]}
    if task["sources"]:
        card["sources"] = task["sources"]
    return card
