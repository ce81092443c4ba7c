package pie.server.openai;

import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Count the tokens of one request.
 *
 * @param prompt tokens of the rendered prompts, once however many choices
 * @param cached of these, found computed
 * @param completion tokens drawn and kept over all choices, the final stop tokens included
 * @param reasoning of these, within reasoning
 * @param accepted of these, drafted before
 * @param rejected drafted, and dropped
 */
record Usage(long prompt, long cached, long completion, long reasoning, long accepted, long rejected) {
    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("prompt_tokens", prompt);
        json.put("completion_tokens", completion);
        json.put("total_tokens", prompt + completion);
        json.putObject("prompt_tokens_details").put("cached_tokens", cached);
        ObjectNode details = json.putObject("completion_tokens_details");
        details.put("reasoning_tokens", reasoning);
        details.put("accepted_prediction_tokens", accepted);
        details.put("rejected_prediction_tokens", rejected);
        return json;
    }
}
