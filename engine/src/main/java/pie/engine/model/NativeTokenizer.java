package pie.engine.model;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.util.Map;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/**
 * Encode text with the Hugging Face tokenizers library. Safe for use from several threads.
 *
 * <p>Calls the library's JNI layer and not the class above it: that one looks for cloud metadata over the network when it
 * starts, and copies offsets, masks and token strings of every encoding, of which only ids are wanted here.
 */
final class NativeTokenizer {
    private static final Cleaner CLEANER = Cleaner.create();

    private final Path file;
    private final long handle;

    NativeTokenizer(Path file, String json) {
        this.file = file;
        NativeLibrary.load();
        long created;
        try {
            created = TokenizersLibrary.LIB.createTokenizerFromString(json);
        } catch (RuntimeException e) {
            throw refused(e);
        }
        this.handle = created;
        CLEANER.register(this, () -> TokenizersLibrary.LIB.deleteTokenizer(created));
        TokenizersLibrary.LIB.disablePadding(handle);
        TokenizersLibrary.LIB.disableTruncation(handle);
    }

    int[] encode(String text) {
        try {
            long encoding = TokenizersLibrary.LIB.encode(handle, text, false);
            try {
                long[] ids = TokenizersLibrary.LIB.getTokenIds(encoding);
                int[] narrow = new int[ids.length];
                for (int i = 0; i < ids.length; i++) {
                    narrow[i] = (int) ids[i];
                }
                return narrow;
            } finally {
                TokenizersLibrary.LIB.deleteEncoding(encoding);
            }
        } catch (RuntimeException e) {
            throw refused(e);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private PieException refused(RuntimeException cause) {
        return new PieException(
                ErrorCode.INVALID_ARGUMENT,
                file.getFileName() + ": the tokenizer cannot be used: " + cause.getMessage(),
                Map.of("file", file.toString(), "key", "tokenizer"),
                cause);
    }
}
