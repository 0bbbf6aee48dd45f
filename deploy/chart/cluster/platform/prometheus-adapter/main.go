// prometheus-adapter for custom metrics, with those of its flags that metrics.yaml has: its own command describes its API for other
// libraries of Kubernetes than those that are compiled already.
package main

import (
	"context"
	"log"
	"net/http"
	"net/url"
	"os"
	"time"

	genericapiserver "k8s.io/apiserver/pkg/server"
	"sigs.k8s.io/custom-metrics-apiserver/pkg/cmd"
	prometheus "sigs.k8s.io/prometheus-adapter/pkg/client"
	"sigs.k8s.io/prometheus-adapter/pkg/config"
	provider "sigs.k8s.io/prometheus-adapter/pkg/custom-provider"
	"sigs.k8s.io/prometheus-adapter/pkg/naming"
)

func main() {
	adapter := &cmd.AdapterBase{Name: "prometheus-adapter"}
	address := adapter.Flags().String("prometheus-url", "", "URL for connecting to Prometheus.")
	file := adapter.Flags().String("config", "", "File with the rules.")
	interval := adapter.Flags().Duration("metrics-relist-interval", time.Minute, "Between two looks for metrics.")
	check(adapter.Flags().Parse(os.Args))

	server, err := url.Parse(*address)
	check(err)
	client := prometheus.NewClientForAPI(patient{prometheus.NewGenericAPIClient(http.DefaultClient, server, nil)}, http.MethodGet)
	rules, err := config.FromFile(*file)
	check(err)
	mapper, err := adapter.RESTMapper()
	check(err)
	objects, err := adapter.DynamicClient()
	check(err)
	namers, err := naming.NamersFromConfig(rules.Rules, mapper)
	check(err)

	ending := genericapiserver.SetupSignalContext()
	metrics, lister := provider.NewPrometheusProvider(mapper, objects, client, namers, *interval, *interval)
	lister.RunUntil(ending.Done())
	adapter.WithCustomMetrics(metrics)
	check(adapter.Run(ending))
}

// Asks without a limit of time. The library gives one that is below zero, which the library of Prometheus that it was written for
// did not print.
type patient struct{ prometheus.GenericAPIClient }

func (c patient) Do(ctx context.Context, verb, endpoint string, query url.Values) (prometheus.APIResponse, error) {
	query.Del("timeout")
	return c.GenericAPIClient.Do(ctx, verb, endpoint, query)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
