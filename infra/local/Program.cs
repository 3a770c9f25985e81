using System.CommandLine;
using ServerlessBusiness.Local.Processes;
using ServerlessBusiness.Local.Stack;

Loopback.BypassProxy();
var fresh = new Option<bool>("--fresh") { Description = "Start empty: remove the data of this stack first." };
var portBase = new Option<int>("--port-base")
{
    Description = "The gateway's port; all other ports follow above it.",
    DefaultValueFactory = _ => StackPorts.DefaultBase,
};
var data = new Option<string?>("--data") { Description = "The folder for data and logs. By default one per clone and port base, outside the source tree." };
var enginesOnly = new Option<bool>("--engines-only") { Description = "Start and migrate the engines, without apps, gateway and simulators." };
var envFile = new Option<string?>("--env-file") { Description = "Write the settings to this file, too." };
var noSeed = new Option<bool>("--no-seed") { Description = "Do not load the demo tenant and its users." };
var containers = new Option<bool>("--containers") { Description = "Use the engines of compose.yaml instead of starting our own." };
portBase.Validators.Add(result =>
{
    if (result.GetValueOrDefault<int>() is < 1024 or > 65535 - StackPorts.Count)
        result.AddError($"--port-base must be from 1024 to {65535 - StackPorts.Count}.");
});

var command = new RootCommand("The whole platform on this machine: engines, apps, gateway and simulators.") { fresh, portBase, data, enginesOnly, envFile, noSeed, containers };
command.SetAction((parsed, _) => Launcher.RunAsync(new StackOptions
{
    Containers = parsed.GetValue(containers),
    PortBase = parsed.GetValue(portBase),
    DataFolder = parsed.GetValue(data),
    Fresh = parsed.GetValue(fresh),
    EnginesOnly = parsed.GetValue(enginesOnly),
    EnvironmentFile = parsed.GetValue(envFile),
    Seed = !parsed.GetValue(noSeed),
}));
// The launcher stops at its own pace: children first, then itself.
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
