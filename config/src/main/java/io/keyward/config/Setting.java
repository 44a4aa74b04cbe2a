package io.keyward.config;

import java.util.Arrays;
import java.util.Optional;

/** The gateway's own settings, declared once: their names in the file and in the environment. */
enum Setting {
  PREFIX("prefix", "REDIS_KEY_PREFIX"),
  USERNAME("username", "REDIS_USERNAME"),
  NAMESPACES("namespaces", ""),
  PINNED("pinned", "FORCED_IN_MEMORY_CACHE_NAMESPACES"),
  ADMIN_PORT("admin.port", "KEYWARD_ADMIN_PORT"),
  ADMIN_BIND("admin.bind", "KEYWARD_ADMIN_BIND"),
  ADMIN_TOKEN("admin.token", "KEYWARD_ADMIN_TOKEN"),
  METRICS_DEPLOYMENTS("metrics.deployments", "KEYWARD_METRICS_DEPLOYMENTS"),
  TRANSPORT("transport", "KEYWARD_TRANSPORT"),
  EVENT_LOOPS("event-loops", "KEYWARD_EVENT_LOOPS"),
  LOG_FORMAT("log-format", "KEYWARD_LOG_FORMAT");

  private final String path;
  private final String variable;

  Setting(String path, String variable) {
    this.path = path;
    this.variable = variable;
  }

  /** The key in keyward.yaml; a dot goes down one level. */
  String path() {
    return path;
  }

  /** The environment variable; empty = none. */
  String variable() {
    return variable;
  }

  /** The option's name on the command line, without its dashes. */
  String option() {
    return path.replace('.', '-');
  }

  static Optional<Setting> atPath(String path) {
    return Arrays.stream(values()).filter(setting -> setting.path.equals(path)).findFirst();
  }

  static Optional<Setting> ofOption(String option) {
    return Arrays.stream(values()).filter(setting -> setting.option().equals(option)).findFirst();
  }
}
