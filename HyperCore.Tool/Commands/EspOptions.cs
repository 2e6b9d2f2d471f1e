using System.CommandLine;
using System.IO;
using HyperCore.Tool.Firmware;

namespace HyperCore.Tool.Commands;

/// <summary>The options that <c>install</c> and <c>uninstall</c> share: which partition, which variables, and whether to ask.</summary>
internal sealed class EspOptions
{
    private const string EfiVariablesFolder = "sys/firmware/efi/efivars";

    private readonly Option<string?> _esp = new("--esp") { HelpName = "DIR", Description = "Where the EFI system partition is mounted. Default: the only one that is." };
    private readonly Option<string?> _device = new("--device") { HelpName = "DEV", Description = "The partition's device instead, such as /dev/nvme0n1p1; it must be mounted." };
    private readonly Option<string?> _efivars = new("--efivars") { HelpName = "DIR", Description = "Where the UEFI variables are. Default: /sys/firmware/efi/efivars" };

    /// <summary>Show what would be done, and do nothing.</summary>
    public Option<bool> DryRun { get; } = new("--dry-run", "-n") { Description = "Shows what would be done, and changes nothing." };

    /// <summary>Do not ask.</summary>
    public Option<bool> Yes { get; } = new("--yes", "-y") { Description = "Does not ask." };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_esp);
        command.Options.Add(_device);
        command.Options.Add(_efivars);
        command.Options.Add(DryRun);
        command.Options.Add(Yes);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_esp) != null && result.GetValue(_device) != null)
            {
                result.AddError($"{command.Name}: expected --esp or --device, not both");
            }
        });
    }

    /// <summary>Finds the partition.</summary>
    public EspLocation Find(ParseResult arguments, ToolContext context) => new EspFinder(context.SystemRoot).Find(arguments.GetValue(_esp), arguments.GetValue(_device));

    /// <summary>Opens the firmware's boot menu, where an entry is for a partition that is known.</summary>
    /// <exception cref="IOException">There is none, or the partition is not known.</exception>
    public BootMenu OpenMenu(ParseResult arguments, ToolContext context, EspLocation location, string label = "")
    {
        var variables = new EfiVariables(arguments.GetValue(_efivars) ?? Path.Combine(context.SystemRoot, EfiVariablesFolder));
        if (variables.WhyNot is { } why)
        {
            throw new IOException($"{why}; --no-entry leaves boot entries alone");
        }

        return location.Partition is { } partition
            ? new BootMenu(variables, partition, label)
            : throw new IOException($"a boot entry names a partition of a GPT, which is not known: {location.WhyUnknown}; --no-entry leaves boot entries alone");
    }

    /// <summary>Shows which partition it is about.</summary>
    public void Show(ToolContext context, EspLocation location) => context.Output.WriteLine(location.Partition is { } partition
        ? $"partition  {location.Folder} ({location.Device}, GPT partition {partition.Number}, {partition.Id})"
        : $"partition  {location.Folder} ({location.WhyUnknown})");
}
