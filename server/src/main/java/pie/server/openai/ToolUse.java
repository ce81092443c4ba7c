package pie.server.openai;

/** Say whether calls are looked for in the text, or the whole text is one. */
enum ToolUse {
    NONE,
    /** The model calls, or does not. */
    FREE,
    /** The text is {@code {"name":…,"arguments":{…}}}. */
    CALL,
    /** The text is the arguments of a call of a function that is known. */
    ARGUMENTS
}
