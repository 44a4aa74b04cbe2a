package io.keyward.gateway;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reacts to signals of the operating system.
 *
 * <p>The JDK has {@code sun.misc.Signal} for this, in the supported module jdk.unsupported, but
 * compiling against it gives a warning that cannot be switched off; hence by reflection.
 */
final class Signals {
  private static final Logger log = LoggerFactory.getLogger(Signals.class);

  private Signals() {}

  /** Runs the reaction in a thread of its own whenever the signal comes, such as {@code TERM}. */
  static void on(String name, Runnable reaction) {
    try {
      Class<?> signalClass = Class.forName("sun.misc.Signal");
      Class<?> handlerClass = Class.forName("sun.misc.SignalHandler");
      Object handler =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handlerClass},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "handle" -> {
                      log.info("Received SIG{}", name);
                      reaction.run();
                      yield null;
                    }
                    case "hashCode" -> System.identityHashCode(reaction);
                    case "equals" -> arguments[0].hashCode() == System.identityHashCode(reaction);
                    default -> "reaction to SIG" + name;
                  });
      signalClass
          .getMethod("handle", signalClass, handlerClass)
          .invoke(null, signalClass.getConstructor(String.class).newInstance(name), handler);
    } catch (ClassNotFoundException
        | NoSuchMethodException
        | InstantiationException
        | IllegalAccessException
        | InvocationTargetException missing) {
      log.debug("SIG{} keeps its usual effect", name, missing);
    }
  }
}
