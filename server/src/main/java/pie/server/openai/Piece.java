package pie.server.openai;

import java.util.List;

/** Hold what one choice gave since the last look. */
record Piece(String content, String reasoning, List<Called> called, List<TokenLogprob> logprobs, int[] tokens) {
    /** Begin a call where {@code name} is not empty, or go on with its arguments. */
    record Called(int index, String id, String name, String arguments) {}

    boolean silent() {
        return content.isEmpty() && reasoning.isEmpty() && called.isEmpty();
    }
}
