package io.keyward.engine.builtin.memory;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.NewMultiArrayInstruction;
import java.lang.classfile.instruction.NewObjectInstruction;
import java.lang.classfile.instruction.NewPrimitiveArrayInstruction;
import java.lang.classfile.instruction.NewReferenceArrayInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.net.URL;
import java.util.Set;

/**
 * Loads the engine once more with {@link MissingRoom#take()} before everything in it that takes
 * memory, so that memory can be missing at each of these places in turn.
 */
final class FaultyAllocations extends ClassLoader {
  private static final String ENGINE = "io.keyward.engine.";
  private static final ClassDesc MISSING_ROOM = ClassDesc.of(MissingRoom.class.getName());
  private static final MethodTypeDesc TAKE = MethodTypeDesc.ofDescriptor("()V");
  private static final Set<String> GROWING =
      Set.of("add", "addLast", "put", "computeIfAbsent", "copyOf", "copyOfRange", "clone");

  /** What it adds to a list has room there. */
  private static final String MAKES_ROOM_BEFORE = Kinship.class.getName().replace('.', '/');

  private final String programs;
  private final ClassFile classFile;

  private FaultyAllocations(ClassLoader parent) {
    super(parent);
    programs =
        FaultyAllocations.class.getProtectionDomain().getCodeSource().getLocation().toString();
    classFile =
        ClassFile.of(
            ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(parent)
                    .orElse(ClassHierarchyResolver.defaultResolver())));
  }

  /** A class of the tests in a world in which memory can be missing. */
  static Class<?> load(Class<?> program) throws ClassNotFoundException {
    ClassLoader parent = FaultyAllocations.class.getClassLoader();
    return new FaultyAllocations(parent).loadClass(program.getName());
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(ENGINE) || name.equals(MissingRoom.class.getName())) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? define(name) : loaded;
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    URL place = getParent().getResource(name.replace('.', '/') + ".class");
    if (place == null) {
      throw new ClassNotFoundException(name);
    }
    try (InputStream source = place.openStream()) {
      byte[] bytes = source.readAllBytes();
      byte[] defined = place.toString().startsWith(programs) ? bytes : faulty(bytes);
      return defineClass(name, defined, 0, defined.length);
    } catch (IOException broken) {
      throw new ClassNotFoundException(name, broken);
    }
  }

  private byte[] faulty(byte[] bytes) {
    ClassModel model = classFile.parse(bytes);
    if (model.thisClass().asInternalName().equals(MAKES_ROOM_BEFORE)) {
      return bytes;
    }
    CodeTransform transform = FaultyAllocations::beforeEach;
    return classFile.transformClass(model, ClassTransform.transformingMethodBodies(transform));
  }

  private static void beforeEach(CodeBuilder builder, CodeElement element) {
    if (takesMemory(element)) {
      builder.invokestatic(MISSING_ROOM, "take", TAKE);
    }
    builder.with(element);
  }

  private static boolean takesMemory(CodeElement element) {
    return switch (element) {
      case NewObjectInstruction made -> !made.className().asInternalName().endsWith("Exception");
      case NewPrimitiveArrayInstruction _, NewReferenceArrayInstruction _ -> true;
      case NewMultiArrayInstruction _ -> true;
      case InvokeInstruction call ->
          GROWING.contains(call.name().stringValue())
              && !call.owner().asInternalName().startsWith("io/keyward");
      default -> false;
    };
  }
}
