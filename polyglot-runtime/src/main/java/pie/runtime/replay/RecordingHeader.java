package pie.runtime.replay;

import java.util.Map;
import pie.runtime.Language;
import pie.runtime.ProgramSource;

/**
 * Say which program was recorded, and what it was given.
 *
 * @param process id of the process
 * @param owner who launched it
 * @param input JSON text
 * @param created time of the launch, ISO 8601
 */
public record RecordingHeader(
        String process,
        String owner,
        String language,
        String file,
        String code,
        Map<String, String> files,
        String entry,
        String input,
        long seed,
        String model,
        String created) {
    public ProgramSource source() {
        return new ProgramSource(Language.ofWord(language).orElseThrow(), file, code, files, entry);
    }
}
