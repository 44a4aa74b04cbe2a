/** The dashboards and rules, held against a real Prometheus and Grafana's own types. */
@org.jspecify.annotations.NullMarked
package io.keyward.gateway.dashboards;
