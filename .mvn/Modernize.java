import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;

/// Lifts the classes of a jar to a class file version that an AOT cache takes: `java Modernize.java
/// FROM.jar TO.jar`.
///
/// The JVM caches nothing below version 50 and verifies it the slow way; picocli is compiled for
/// Java 5. Nothing but the version and the stack maps that go with it changes. The launcher runs
/// this once per build, on its own copy.
public final class Modernize {
    private static final int OLDEST_CACHED = 50;
    private static final int LIFTED_TO = 52;

    private Modernize() {}

    public static void main(String[] args) throws IOException {
        Path from = Path.of(args[0]);
        try (JarFile jar = new JarFile(from.toFile());
                URLClassLoader loader = new URLClassLoader(new URL[] {from.toUri().toURL()}, null);
                OutputStream file = Files.newOutputStream(Path.of(args[1]));
                JarOutputStream out = new JarOutputStream(file)) {
            ClassFile tool = ClassFile.of(
                    ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
                    ClassFile.ClassHierarchyResolverOption.of(ClassHierarchyResolver.ofResourceParsing(loader)
                            .orElse(ClassHierarchyResolver.defaultResolver())));
            for (JarEntry entry : Collections.list(jar.entries())) {
                byte[] bytes;
                try (InputStream in = jar.getInputStream(entry)) {
                    bytes = in.readAllBytes();
                }
                boolean lift = entry.getName().endsWith(".class") && !entry.getName().startsWith("META-INF/");
                JarEntry copy = new JarEntry(entry.getName());
                copy.setTime(entry.getTime());
                out.putNextEntry(copy);
                out.write(lift ? lifted(tool, bytes) : bytes);
                out.closeEntry();
            }
        }
    }

    private static byte[] lifted(ClassFile tool, byte[] bytes) {
        ClassModel model = tool.parse(bytes);
        if (model.majorVersion() >= OLDEST_CACHED) {
            return bytes;
        }
        // Each instruction is handed on by itself, or the code would be copied whole, without stack
        // maps.
        return tool.transformClass(
                model,
                ClassTransform.transformingMethodBodies((code, element) -> code.with(element))
                        .andThen(ClassTransform.endHandler(built -> built.withVersion(LIFTED_TO, 0))));
    }
}
