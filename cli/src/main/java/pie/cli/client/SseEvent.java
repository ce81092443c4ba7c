package pie.cli.client;

/**
 * One event of a server-sent event stream.
 *
 * @param id empty for control events
 * @param type value of {@code event:}, {@code message} if there is none
 */
public record SseEvent(String id, String type, String data) {}
