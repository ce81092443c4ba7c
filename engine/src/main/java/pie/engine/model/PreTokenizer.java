package pie.engine.model;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * Know how byte-level BPE families cut text before merging, by the names that GGUF files use in
 * {@code tokenizer.ggml.pre}.
 */
enum PreTokenizer {
    GPT2(
            false,
            false,
            "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
            "gpt-2",
            "gpt2",
            "default",
            "phi-2",
            "olmo",
            "mpt"),
    /** Digits stand alone before GPT-2's cut; the pattern says both in one. */
    SINGLE_DIGITS(
            false,
            false,
            "\\p{N}|'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?=\\p{N})|\\s+(?!\\S)|\\s+",
            "smollm",
            "starcoder",
            "refact",
            "command-r"),
    LLAMA3(
            true,
            false,
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
                    + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            "llama-bpe",
            "llama3",
            "llama-v3"),
    QWEN2(
            false,
            true,
            "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
                    + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
            "qwen2",
            "deepseek-r1-qwen");

    private final boolean ignoreMerges;
    private final boolean composes;
    private final String pattern;
    private final Set<String> names;

    PreTokenizer(boolean ignoreMerges, boolean composes, String pattern, String... names) {
        this.ignoreMerges = ignoreMerges;
        this.composes = composes;
        this.pattern = pattern;
        this.names = Set.of(names);
    }

    static Optional<PreTokenizer> named(String name) {
        return Arrays.stream(values())
                .filter(family -> family.names.contains(name))
                .findFirst();
    }

    /** Say whether a piece that is a token as a whole skips the merges. */
    boolean ignoreMerges() {
        return ignoreMerges;
    }

    /** Say whether text is brought into Unicode's composed form (NFC) first. */
    boolean composes() {
        return composes;
    }

    String pattern() {
        return pattern;
    }
}
