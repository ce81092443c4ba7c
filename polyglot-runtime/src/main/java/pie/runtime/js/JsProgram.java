package pie.runtime.js;

import java.util.Map;

/**
 * Hold a JavaScript program that parses.
 *
 * @param files what runs, by relative path
 * @param sources what the author wrote, by relative path; differs from {@code files} for TypeScript
 */
record JsProgram(Map<String, String> files, Map<String, String> sources, String file, String entry) {}
