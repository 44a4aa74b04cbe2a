package io.keyward.gateway.server;

import io.keyward.config.ConfigurationException;
import io.keyward.config.Settings;
import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.DataFolders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starts gateways in this JVM with the options that a test needs. */
public final class Gateways {
  private Gateways() {}

  /** Starts a gateway that has its data in a folder of its own unless the options name one. */
  public static Gateway start(String... options) {
    return start(Map.of(), options);
  }

  /** As the other, with variables of the environment. */
  public static Gateway start(Map<String, String> environment, String... options) {
    List<String> arguments = new ArrayList<>(List.of("--bind", "127.0.0.1"));
    arguments.addAll(List.of(options));
    return load(environment, arguments);
  }

  /** Starts a gateway with a configuration file, the first argument. */
  public static Gateway startWith(Map<String, String> environment, String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    if (!all.contains("--bind")) {
      all.addAll(List.of("--bind", "127.0.0.1"));
    }
    return load(environment, all);
  }

  private static Gateway load(Map<String, String> environment, List<String> arguments) {
    if (!arguments.contains("--dir")) {
      arguments.addAll(List.of("--dir", DataFolders.fresh()));
    }
    try {
      return Gateway.startOnFreePorts(Settings.load(arguments, environment));
    } catch (ConfigurationException | StartException e) {
      throw new IllegalStateException(e);
    }
  }
}
