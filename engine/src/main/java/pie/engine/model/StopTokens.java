package pie.engine.model;

import java.util.Set;

/** List the spellings of special tokens that end a turn or a text whatever the metadata says about them. */
final class StopTokens {
    static final Set<String> SPELLINGS = Set.of(
            "<|im_end|>", "<|eot_id|>", "<|eom_id|>", "<|endoftext|>", "<|end_of_text|>", "<end_of_turn>", "<|end|>");

    private StopTokens() {}
}
