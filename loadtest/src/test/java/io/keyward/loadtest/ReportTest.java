package io.keyward.loadtest;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import java.util.Arrays;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** Figures of two servers side by side, and what is said of them. */
class ReportTest {
  @Test
  void whatApplicationsSendIsJudgedLineByLineOnly() {
    ThroughputReport report = new ThroughputReport(List.of("redis", "keyward"));
    report.add(Workload.PUBLISH_100, 64, 16, List.of(rounds(1), rounds(0.9)));

    assertThat(report.verdicts())
        .extracting(Verdict::met, Verdict::figure)
        .containsExactly(tuple(true, "0.900"), tuple(true, "none"));
  }

  @Test
  void comparesMediansAndJudgesThem() {
    ThroughputReport report = new ThroughputReport(List.of("redis", "keyward"));
    report.add(Workload.SET, 64, 1, List.of(rounds(6, 50, 7), rounds(5, 6, 7)));
    report.add(Workload.SET, 64, 16, List.of(rounds(2), rounds(1)));
    report.add(Workload.INCR, 64, 16, List.of(rounds(1), rounds(1.1)));

    assertThat(report.table().render(TextTable.Format.csv).lines())
        .satisfiesExactly(
            head -> assertThat(head).startsWith("test,bytes,P,redis CPU µs,redis req/s"),
            line -> assertThat(line).startsWith("SET,64,1,7.00,").endsWith(",0.86"),
            line -> assertThat(line).startsWith("SET,64,16,2.00,").endsWith(",0.50"),
            line -> assertThat(line).startsWith("INCR,-,16,1.00,").endsWith(",1.10"));
    assertThat(report.verdicts())
        .extracting(Verdict::met, Verdict::figure)
        .containsExactly(
            tuple(true, "0.857"),
            tuple(true, "none"),
            tuple(true, "0.742"),
            tuple(true, "0.742"),
            tuple(false, "INCR P16 1.100 (1 of 1 rounds)"));
  }

  @Test
  void aLineWhoseRoundsScatterAroundOneIsNotAboveIt() {
    ThroughputReport report = new ThroughputReport(List.of("redis", "keyward"));
    List<Measurement> redis = rounds(5, 5, 5, 5, 5);
    report.add(Workload.GET, 3, 1, List.of(redis, rounds(5.1, 5.2, 4.9, 5.1, 5.1)));
    report.add(Workload.SET, 3, 1, List.of(redis, rounds(5.1, 5.2, 5.3, 5.1, 5.1)));

    assertThat(report.verdicts().getLast().figure())
        .isEqualTo(
            "SET 3 B P1 1.020 (5 of 5 rounds); not told from 1 by its rounds: GET 3 B P1 1.020"
                + " (4 of 5 rounds)");
  }

  @Test
  void tellsWhereTheClientSetThePace() {
    ThroughputReport report = new ThroughputReport(List.of("redis"));
    report.add(Workload.GET, 3, 1, List.of(rounds(0.5)));

    assertThat(report.notes())
        .anyMatch(note -> note.endsWith("limit of the server, in 1 of 1 lines"));
  }

  @Test
  void aPlainTableAlignsFiguresAndNamesGroups() {
    TextTable table =
        new TextTable().column("test").column("a server", "µs").column("b", "µs").column("b", "x");
    table.row(List.of("SET", "1.5", "10.5", "-"));
    table.row(List.of("LRANGE", "22.5", "1", "2"));

    assertThat(table.render(TextTable.Format.table))
        .isEqualTo(
            """
                   | a server | b
            test   |       µs |   µs  x
            SET    |      1.5 | 10.5  -
            LRANGE |     22.5 |    1  2
            """);
  }

  @Test
  void markdownAndCsvNameTheGroupInEachColumn() {
    TextTable table = new TextTable().column("test").column("redis", "CPU, µs");
    table.row(List.of("SET", "1.5"));

    assertThat(table.render(TextTable.Format.markdown))
        .isEqualTo("| test | redis CPU, µs |\n| :-- | --: |\n| SET | 1.5 |\n");
    assertThat(table.render(TextTable.Format.csv)).isEqualTo("test,\"redis CPU, µs\"\nSET,1.5\n");
  }

  @Test
  void everyWorkloadOfTheListIsThere() {
    assertThat(Workload.basic())
        .extracting(Enum::name)
        .containsExactly(
            "SET", "GET", "INCR", "LPUSH", "RPOP", "SADD", "HSET", "ZADD", "LRANGE_100", "MSET");
    assertThat(Workload.MSET.template(3).slots()).hasSize(10);
    assertThat(Workload.RPOP.requestsPerPreparation(1024)).isEqualTo(262_144);
  }

  @Test
  void memoryIsLoadedWithKeysOf16AndValuesOf32Bytes() {
    assertThat(new String(MemoryLoad.all(1).getFirst().template().bytes(), US_ASCII))
        .isEqualTo(
            "*3\r\n$3\r\nSET\r\n$16\r\nkey:000000000000\r\n$32\r\n" + "v".repeat(32) + "\r\n");
    assertThat(MemoryLoad.all(1)).extracting(MemoryLoad::keys).contains(1_000_000, 5_000_000);
  }

  /** One round of a second and a thousand requests for each of the costs in µs. */
  private static List<Measurement> rounds(double... cpuMicros) {
    return Arrays.stream(cpuMicros)
        .mapToObj(
            micros -> {
              Histogram latencies = new Histogram(3);
              latencies.recordValueWithCount(100_000, 1_000);
              return new Measurement(
                  1_000_000_000L,
                  new CpuTimes((long) (micros * 1e6), 1_000_000, 0),
                  1_000,
                  latencies);
            })
        .toList();
  }
}
