/**
 * Answer the OpenAI routes: each request is read into a plain generation, run beside the programs without a guest, and shaped into
 * the chat or completion form, whole or as chunks.
 *
 * <pre>
 * body -> ChatRequest | CompletionRequest -> Plan -> Branches (engine) -> Choice -> ChatShape | CompletionShape -> chunks or one answer
 * </pre>
 */
@org.jspecify.annotations.NullMarked
package pie.server.openai;
