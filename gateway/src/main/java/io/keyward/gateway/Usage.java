package io.keyward.gateway;

import io.keyward.config.directive.Directive;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The text of {@code --help}. */
final class Usage {
  private Usage() {}

  static String text() {
    CommandSpec spec = CommandSpec.create().name("gateway/run");
    spec.usageMessage()
        .width(100)
        .sortOptions(false)
        .abbreviateSynopsis(true)
        .customSynopsis(
            "gateway/run [check] [keyward.yaml] [--directive value ...]",
            "gateway/run import dump.rdb --deployment name [--prefix-in-file prefix] [keyward.yaml]"
                + " [...]",
            "gateway/run export dump.rdb --deployment name [keyward.yaml] [...]",
            "gateway/run status [--admin http://127.0.0.1:9379] [--token token] [--interval"
                + " seconds] [--once]",
            "gateway/run hash",
            "gateway/run commands",
            "gateway/run --help | --version")
        .description(
            "",
            "Starts the gateway, which speaks the Redis protocol. With hash it reads a password and"
                + " prints the hash of it for keyward.yaml. With commands it prints the list of"
                + " commands in Markdown. With check it looks at the configuration alone: it prints"
                + " what is wrong with it and ends. With import it loads a snapshot of another"
                + " server into one deployment, with export it writes one deployment to a file,"
                + " keys without its prefix; no gateway may run on the data meanwhile. With status"
                + " it prints the deployments of a running gateway with their rates, latency,"
                + " memory, hit ratio and use of limits, again and again, or once.",
            "The environment wins over the file, the command line over both.",
            "")
        .footer(
            "",
            "Environment: REDIS_USERNAME, REDIS_PASSWORD, REDIS_KEY_PREFIX, REDIS_KEY_PREFIX_VAR,",
            "FORCED_IN_MEMORY_CACHE_NAMESPACES, KEYWARD_ADMIN_PORT, KEYWARD_ADMIN_BIND,",
            "KEYWARD_ADMIN_TOKEN, KEYWARD_METRICS_DEPLOYMENTS,",
            "KEYWARD_TRANSPORT, KEYWARD_EVENT_LOOPS, KEYWARD_LOG_FORMAT, KEYWARD_JAVA_OPTS.");
    spec.addPositional(
        PositionalParamSpec.builder()
            .paramLabel("keyward.yaml")
            .arity("0..1")
            .description("the configuration file")
            .build());
    option(spec, "--help", "", "this text");
    option(spec, "--version", "", "the version");
    option(spec, "--prefix", "", "the deployment's name in the global view of keys");
    option(spec, "--username", "", "user that may log in besides \"default\"");
    option(spec, "--namespaces", "", "names of your own for --pinned and for what tenants share");
    option(spec, "--pinned", "", "namespaces that stay in the gateway's memory");
    option(spec, "--admin-port", "9379", "HTTP port for health and metrics; 0 = any free one");
    option(spec, "--admin-bind", "127.0.0.1", "address of that port");
    option(spec, "--admin-token", "", "what requests to that port have to show as a bearer token");
    option(
        spec, "--metrics-deployments", "100", "deployments with metrics of their own, the busiest");
    option(spec, "--transport", "auto", "auto, io_uring, epoll or nio");
    option(spec, "--event-loops", "one per core", "threads that serve clients");
    option(spec, "--log-format", "text", "text or json");
    for (Directive directive : Directive.values()) {
      if (!directive.hidden()) {
        option(
            spec,
            "--" + directive.directiveName(),
            directive.defaultText(),
            directive.description());
      }
    }
    return new CommandLine(spec).getUsageMessage();
  }

  private static void option(CommandSpec spec, String name, String byDefault, String description) {
    String text = byDefault.isEmpty() ? description : description + " [" + byDefault + "]";
    // Picocli reads % and ${ in descriptions as its own.
    spec.addOption(OptionSpec.builder(name).description(text.replace("%", "%%")).build());
  }
}
