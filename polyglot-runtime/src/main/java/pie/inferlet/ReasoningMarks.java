package pie.inferlet;

import pie.engine.model.Tokenizer;

/** Name the tokens that open and close a model's reasoning, -1 for a model without. */
record ReasoningMarks(int open, int close) {
    static ReasoningMarks of(Tokenizer tokenizer) {
        return new ReasoningMarks(single(tokenizer, "<think>"), single(tokenizer, "</think>"));
    }

    /** Say whether the header that opens the assistant's turn opens a block of reasoning too. */
    static boolean opened(Model model, ChatForm form) {
        int open = of(model.loaded().tokenizer()).open();
        int[] header = form.header();
        for (int i = header.length - 1; open >= 0 && i >= 0 && i >= header.length - 2; i--) {
            if (header[i] == open) {
                return true;
            }
        }
        return false;
    }

    boolean present() {
        return open >= 0 && close >= 0;
    }

    private static int single(Tokenizer tokenizer, String text) {
        int[] ids = tokenizer.encode(text, true);
        return ids.length == 1 ? ids[0] : -1;
    }
}
