package pie.engine.model;

import java.nio.file.Path;
import java.util.Map;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/** Word the errors of model files so that all name file and tensor, or file and key. */
final class ModelErrors {
    private ModelErrors() {}

    static PieException tensor(Path file, String tensor, String problem) {
        return new PieException(
                ErrorCode.INVALID_ARGUMENT,
                file.getFileName() + ": tensor " + tensor + " " + problem,
                Map.of("file", file.toString(), "tensor", tensor));
    }

    static PieException unsupportedTensor(Path file, String tensor, String problem) {
        return new PieException(
                ErrorCode.UNSUPPORTED,
                file.getFileName() + ": tensor " + tensor + " " + problem,
                Map.of("file", file.toString(), "tensor", tensor));
    }

    static PieException key(Path file, String key, String problem) {
        return new PieException(
                ErrorCode.INVALID_ARGUMENT,
                file.getFileName() + ": " + key + " " + problem,
                Map.of("file", file.toString(), "key", key));
    }

    static PieException unsupportedKey(Path file, String key, String problem) {
        return new PieException(
                ErrorCode.UNSUPPORTED,
                file.getFileName() + ": " + key + " " + problem,
                Map.of("file", file.toString(), "key", key));
    }

    static PieException architecture(Path file, String architecture) {
        return new PieException(
                ErrorCode.UNSUPPORTED,
                file.getFileName() + ": architecture \"" + architecture + "\" is not supported; supported are "
                        + String.join(", ", Family.names()),
                Map.of("file", file.toString(), "architecture", architecture));
    }

    static PieException unreadable(Path file, Exception cause) {
        return new PieException(
                ErrorCode.INVALID_ARGUMENT, file + " cannot be read: " + cause, Map.of("file", file.toString()), cause);
    }

    static PieException missing(Path file) {
        return new PieException(
                ErrorCode.NOT_FOUND,
                "no model file " + file + "; give a .gguf file or a directory with config.json and *.safetensors",
                Map.of("file", file.toString()));
    }
}
