package pie.runtime.java;

import java.net.URI;
import java.util.regex.Pattern;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;

/** Hand one posted file to javac. Its file name is made an identifier, as a compact source file names a class by it. */
final class SourceFile extends SimpleJavaFileObject {
    /** Names the parameter of a method that only satisfies the compiler. */
    static final String UNUSED = "pie$unused";

    private static final Pattern TAKES_ARRAY = Pattern.compile("\\bmain\\s*\\(\\s*String\\s*(\\[|\\.\\.\\.)");

    private final String path;
    private final String code;
    private boolean needsMain;

    SourceFile(String path, String code) {
        super(URI.create("mem:///" + compilerPath(path)), JavaFileObject.Kind.SOURCE);
        this.path = path;
        this.code = code;
    }

    /** Return the path as posted. */
    String path() {
        return path;
    }

    String code() {
        return code;
    }

    void needsMain() {
        needsMain = true;
    }

    /** Return this file, with a main method at its end if it needs one for the compiler. */
    SourceFile withMain() {
        String main = TAKES_ARRAY.matcher(code).find() ? "void main() {}" : "void main(String[] " + UNUSED + ") {}";
        return needsMain ? new SourceFile(path, code + "\n" + main) : this;
    }

    /** Return the name that the SourceFile attribute will have. */
    String compiledName() {
        String path = compilerPath(this.path);
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static String compilerPath(String path) {
        int slash = path.lastIndexOf('/');
        String name = path.substring(slash + 1);
        String stem = name.endsWith(".java") ? name.substring(0, name.length() - 5) : name;
        String safe = stem.replaceAll("[^A-Za-z0-9_]", "_");
        if (safe.isEmpty() || Character.isDigit(safe.charAt(0)) || !javax.lang.model.SourceVersion.isName(safe)) {
            safe = "_" + safe;
        }
        return path.substring(0, slash + 1).replaceAll("[^A-Za-z0-9_/]", "_") + safe + ".java";
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
        return code;
    }

    /** A single file may be called what it likes, whatever public class it holds. */
    @Override
    public boolean isNameCompatible(String simpleName, JavaFileObject.Kind kind) {
        return kind == JavaFileObject.Kind.SOURCE;
    }
}
