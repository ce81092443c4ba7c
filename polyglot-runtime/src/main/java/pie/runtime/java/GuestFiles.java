package pie.runtime.java;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.JavaFileObject.Kind;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;

/** Show javac the JDK and the inferlet API, nothing else, and keep in memory what it writes. */
final class GuestFiles extends ForwardingJavaFileManager<StandardJavaFileManager> {
    private final Map<String, ClassFileObject> written = new LinkedHashMap<>();

    GuestFiles(StandardJavaFileManager manager) {
        super(manager);
    }

    private static final class ClassFileObject extends SimpleJavaFileObject {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        ClassFileObject(String name) {
            super(URI.create("mem:///" + name.replace('.', '/') + ".class"), Kind.CLASS);
        }

        @Override
        public OutputStream openOutputStream() {
            return bytes;
        }
    }

    /** Return class files by binary name, in the order written. */
    Map<String, byte[]> classes() {
        var classes = new LinkedHashMap<String, byte[]>();
        written.forEach((name, file) -> classes.put(name, file.bytes.toByteArray()));
        return classes;
    }

    @Override
    public Iterable<JavaFileObject> list(Location location, String packageName, Set<Kind> kinds, boolean recurse)
            throws IOException {
        if (location == StandardLocation.CLASS_PATH) {
            if (!packageName.equals("pie.inferlet") && !packageName.equals("pie.engine")) {
                return List.of();
            }
            var seen = new ArrayList<JavaFileObject>();
            for (JavaFileObject file : super.list(location, packageName, Set.of(Kind.CLASS), false)) {
                if (Api.listed(inferBinaryName(location, file))) {
                    seen.add(file);
                }
            }
            return seen;
        }
        return location instanceof StandardLocation && location != StandardLocation.PLATFORM_CLASS_PATH
                ? List.of()
                : super.list(location, packageName, kinds, recurse);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(Location location, String name, Kind kind, FileObject sibling) {
        var file = new ClassFileObject(name);
        written.put(name, file);
        return file;
    }

    /** Leave the shared manager open. */
    @Override
    public void close() {}
}
