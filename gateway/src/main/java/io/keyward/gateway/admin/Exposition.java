package io.keyward.gateway.admin;

import org.jspecify.annotations.Nullable;

/** The formats in which metrics are told. */
final class Exposition {
  static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
  static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

  private Exposition() {}

  /** Whether a client takes OpenMetrics; one that says nothing gets the older text. */
  static boolean wantsOpenMetrics(@Nullable String accept) {
    return accept != null && accept.contains("application/openmetrics-text");
  }
}
