// metrics-server by its own flags. It describes its API for other libraries of Kubernetes than those that are compiled already;
// Kubernetes itself has a description for these.
package main

import (
	"log"

	"github.com/spf13/pflag"
	"k8s.io/apiserver/pkg/endpoints/openapi"
	genericapiserver "k8s.io/apiserver/pkg/server"
	generated "k8s.io/kubernetes/pkg/generated/openapi"
	"sigs.k8s.io/metrics-server/cmd/metrics-server/app/options"
	"sigs.k8s.io/metrics-server/pkg/api"
)

func main() {
	flags := options.NewOptions()
	for _, set := range flags.Flags().FlagSets {
		pflag.CommandLine.AddFlagSet(set)
	}
	pflag.Parse()
	if errs := flags.Validate(); len(errs) > 0 {
		log.Fatal(errs)
	}
	config, err := flags.ServerConfig()
	check(err)
	names := openapi.NewDefinitionNamer(api.Scheme)
	config.Apiserver.OpenAPIConfig = genericapiserver.DefaultOpenAPIConfig(generated.GetOpenAPIDefinitions, names)
	config.Apiserver.OpenAPIV3Config = genericapiserver.DefaultOpenAPIV3Config(generated.GetOpenAPIDefinitions, names)
	server, err := config.Complete()
	check(err)
	check(server.RunUntil(genericapiserver.SetupSignalHandler()))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
