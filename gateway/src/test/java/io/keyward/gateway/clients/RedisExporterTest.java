package io.keyward.gateway.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.keyward.config.Settings;
import io.keyward.gateway.Gateway;
import io.keyward.gateway.fixture.DataFolders;
import io.keyward.gateway.fixture.Endpoint;
import io.keyward.gateway.fixture.Executables;
import io.keyward.gateway.fixture.GatewayExtension;
import io.keyward.gateway.fixture.Patience;
import io.keyward.gateway.fixture.Ports;
import io.keyward.gateway.fixture.RunningGateway;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Jedis;

/**
 * redis_exporter, whose dashboards operators of Redis have, finds what it looks for. Where it is
 * not installed (Debian's package prometheus-redis-exporter), INFO's fields are all that can be
 * looked at, and the other tests are reported as aborted.
 */
@ExtendWith(GatewayExtension.class)
class RedisExporterTest {
  /** What redis_exporter reads of INFO at a server without replicas and modules. */
  private static final String FIELDS =
      """
      uptime_in_seconds process_id redis_version redis_build_id redis_mode os tcp_port run_id
      connected_clients blocked_clients maxclients cluster_connections tracking_clients
      clients_in_timeout_table total_blocking_keys
      allocator_active allocator_allocated allocator_resident allocator_frag_ratio
      allocator_frag_bytes allocator_rss_ratio allocator_rss_bytes
      used_memory used_memory_rss used_memory_peak used_memory_lua used_memory_overhead
      used_memory_startup used_memory_dataset used_memory_scripts number_of_cached_scripts
      number_of_functions number_of_libraries maxmemory maxmemory_policy total_system_memory
      mem_fragmentation_ratio mem_fragmentation_bytes mem_clients_slaves mem_clients_normal
      mem_not_counted_for_evict mem_total_replication_buffers active_defrag_running
      lazyfree_pending_objects lazyfreed_objects
      loading async_loading rdb_changes_since_last_save rdb_bgsave_in_progress rdb_last_save_time
      rdb_last_bgsave_status rdb_last_bgsave_time_sec rdb_current_bgsave_time_sec
      rdb_last_cow_size rdb_saves rdb_last_load_keys_expired rdb_last_load_keys_loaded
      aof_enabled aof_rewrite_in_progress aof_rewrite_scheduled aof_last_rewrite_time_sec
      aof_current_rewrite_time_sec aof_last_bgrewrite_status aof_last_write_status
      aof_last_cow_size module_fork_in_progress module_fork_last_cow_size
      total_connections_received total_commands_processed instantaneous_ops_per_sec
      total_net_input_bytes total_net_output_bytes instantaneous_input_kbps
      instantaneous_output_kbps rejected_connections sync_full sync_partial_ok sync_partial_err
      expired_keys expired_stale_perc expired_time_cap_reached_count evicted_keys keyspace_hits
      keyspace_misses pubsub_channels pubsub_patterns latest_fork_usec migrate_cached_sockets
      slave_expires_tracked_keys active_defrag_hits active_defrag_misses active_defrag_key_hits
      active_defrag_key_misses tracking_total_keys tracking_total_items tracking_total_prefixes
      unexpected_error_replies total_error_replies dump_payload_sanitizations
      total_reads_processed total_writes_processed io_threaded_reads_processed
      io_threaded_writes_processed
      role connected_slaves master_repl_offset second_repl_offset repl_backlog_active
      repl_backlog_size repl_backlog_first_byte_offset repl_backlog_histlen
      used_cpu_sys used_cpu_user used_cpu_sys_children used_cpu_user_children
      cluster_enabled
      """;

  private static Jedis connect(Endpoint endpoint) {
    DefaultJedisClientConfig.Builder config =
        DefaultJedisClientConfig.builder().timeoutMillis(Patience.MILLIS);
    endpoint.login().ifPresent(login -> config.user(login.user()).password(login.password()));
    return new Jedis("127.0.0.1", endpoint.port(), config.build());
  }

  @Test
  void infoHasTheFieldsThatItReads(RunningGateway gateway) {
    try (Jedis client = connect(gateway.open())) {
      client.flushAll();
      client.set("key", "value");
      String info = client.info("all");
      Set<String> present =
          info.lines()
              .filter(line -> line.contains(":"))
              .map(line -> line.substring(0, line.indexOf(':')))
              .collect(Collectors.toSet());
      assertThat(present).containsAll(List.of(FIELDS.split("\\s+")));
      assertThat(present).contains("cmdstat_set", "latency_percentiles_usec_set");
      assertThat(info).containsPattern("db0:keys=1,expires=0,avg_ttl=\\d+");
    }
  }

  @Test
  void itFindsAServer(RunningGateway gateway) throws Exception {
    try (Jedis client = connect(gateway.open())) {
      client.flushAll();
      client.set("key", "value");
      client.get("key");
      client.incr("count");
    }
    String metrics = scrape(gateway.open());
    assertThat(metrics)
        .contains("redis_up 1\n")
        .contains("redis_exporter_last_scrape_error{err=\"\"} 0")
        .contains("redis_db_keys{db=\"db0\"} 2")
        .containsPattern("redis_commands_total\\{cmd=\"incr\"} [1-9]")
        .containsPattern("redis_instance_info\\{.*redis_version=\"7\\.2\\.6\".*role=\"master\"")
        .containsPattern("redis_memory_used_bytes [1-9]")
        .containsPattern("redis_latency_percentiles_usec\\{cmd=\"get\",quantile=\"99\"} [0-9]")
        .containsPattern("redis_keyspace_hits_total [1-9]")
        .containsPattern("redis_start_time_seconds [1-9]")
        .contains("redis_config_maxclients 10000")
        .containsPattern("(?m)^redis_slowlog_length \\d+$")
        .containsPattern("redis_total_reads_processed [1-9]");
  }

  @Test
  void itFindsADeploymentOfATenantByItsLogin(@TempDir Path folder) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("keyward.yaml"),
            "tenants: {shop: {deployments: {blue: {password: of-blue}, green: {password: p}}}}");
    Settings settings =
        Settings.load(
            List.of(file.toString(), "--bind", "127.0.0.1", "--dir", DataFolders.fresh()),
            Map.of());
    try (Gateway gateway = Gateway.startOnFreePorts(settings)) {
      Endpoint blue =
          new Endpoint(
              gateway.ports().redis(),
              0,
              folder,
              folder,
              Optional.of(new Endpoint.Login("blue", "of-blue")));
      try (Jedis client = connect(blue)) {
        client.mset("a", "1", "b", "2", "c", "3");
      }
      assertThat(scrape(blue))
          .contains("redis_up 1\n")
          .contains("redis_exporter_last_scrape_error{err=\"\"} 0")
          .contains("redis_db_keys{db=\"db0\"} 3")
          .containsPattern("redis_memory_used_bytes [1-9]")
          .doesNotContain("of-blue");
    }
  }

  private static String scrape(Endpoint endpoint) throws Exception {
    Optional<Path> program = Executables.onPath("prometheus-redis-exporter");
    assumeTrue(
        program.isPresent(),
        "there is no prometheus-redis-exporter on the PATH (Debian: apt install"
            + " prometheus-redis-exporter)");
    int port = Ports.free();
    List<String> command =
        new ArrayList<>(
            List.of(
                program.orElseThrow().toString(),
                "-redis.addr",
                "redis://127.0.0.1:" + endpoint.port(),
                "-web.listen-address",
                "127.0.0.1:" + port));
    endpoint
        .login()
        .ifPresent(
            login ->
                command.addAll(
                    List.of("-redis.user", login.user(), "-redis.password", login.password())));
    Process exporter =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics")).build();
      AtomicReference<String> body = new AtomicReference<>("");
      Waiting.until(
          "redis_exporter",
          () -> {
            try {
              body.set(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
              return Pattern.compile("(?m)^redis_up ").matcher(body.get()).find();
            } catch (IOException notYet) {
              return false;
            }
          });
      return body.get();
    } finally {
      exporter.destroyForcibly();
    }
  }
}
