using System.CommandLine;
using Azure.Identity;
using Microsoft.Extensions.Configuration;
using ServerlessBusiness.Migrating;

var roles = new Option<FileInfo?>("--roles")
{
    Description = "Which identity each role belongs to: the output databaseRoles of the template, as JSON. Without it roles sign in by ROLE_PASSWORD.",
};
var administrator = new Option<string?>("--administrator")
{
    Description = "The e-mail address of the platform's first administrator: makes the tenant 'default' and has him invited by mail. Once there is one it changes nothing.",
};
var command = new RootCommand(
    "Brings the databases of a server up to date and makes the roles of the apps. Settings are those of the apps, POSTGRES_USER is the owner.") { roles, administrator };
command.SetAction((parsed, cancellationToken) => Migration.RunAsync(
    new ConfigurationBuilder().AddEnvironmentVariables().Build(), parsed.GetValue(roles), parsed.GetValue(administrator), () => new DefaultAzureCredential(),
    Console.Out, Console.Error, cancellationToken));
return await command.Parse(args).InvokeAsync();
