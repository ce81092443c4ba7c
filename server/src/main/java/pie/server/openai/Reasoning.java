package pie.server.openai;

import pie.engine.model.Tokenizer;

/**
 * Name the tokens that open and close a model's reasoning, -1 for a model without.
 *
 * @param opened whether the prompt ends within reasoning
 */
record Reasoning(int open, int close, boolean opened) {
    static final Reasoning NONE = new Reasoning(-1, -1, false);

    static Reasoning of(Tokenizer tokenizer, int[] prompt) {
        int open = single(tokenizer, "<think>");
        int close = single(tokenizer, "</think>");
        if (open < 0 || close < 0) {
            return NONE;
        }
        boolean opened = false;
        for (int i = Math.max(0, prompt.length - 2); i < prompt.length; i++) {
            opened |= prompt[i] == open;
        }
        return new Reasoning(open, close, opened);
    }

    private static int single(Tokenizer tokenizer, String text) {
        int[] ids = tokenizer.encode(text, true);
        return ids.length == 1 ? ids[0] : -1;
    }
}
