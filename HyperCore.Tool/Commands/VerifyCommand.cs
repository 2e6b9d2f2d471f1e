using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using HyperCore.Tool.Disks;
using HyperCore.Tool.Verification;
using Microsoft.Extensions.Logging;

namespace HyperCore.Tool.Commands;

/// <summary><c>verify</c>: what is on a stick or a partition is complete and well-formed.</summary>
internal sealed class VerifyCommand : ToolCommand
{
    private readonly Option<string?> _image = new("--image") { HelpName = "FILE", Description = "The image of a stick, or the stick itself, such as /dev/sdb." };
    private readonly Option<string?> _esp = new("--esp") { HelpName = "DIR", Description = "A mounted EFI system partition, or the folder that image build makes." };

    /// <summary>Creates the command.</summary>
    public VerifyCommand(ToolContext context)
        : base(context, "verify", "Checks that a stick or an EFI system partition is complete: partition table and FAT, the UEFI application, the configuration, every file that the configuration names, and the signatures.")
    {
        Options.Add(_image);
        Options.Add(_esp);
        Validators.Add(result =>
        {
            if ((result.GetValue(_image) == null) == (result.GetValue(_esp) == null))
            {
                result.AddError("verify: expected --image FILE or --esp DIR");
            }
        });
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Call, string Purpose)> Examples =>
    [
        ("hypercore verify --image artifacts/hypercore-usb.img", "Before the image is written to a stick."),
        ("sudo hypercore verify --image /dev/sdb", "Of the stick, after it was written."),
        ("hypercore verify --esp /boot/efi", "Of what hypercore install has installed."),
    ];

    /// <inheritdoc/>
    public override string ExitCodes => "Code 1 means that a line says error. Warnings do not count.";

    /// <inheritdoc/>
    protected override ExitCode Run(ParseResult arguments)
    {
        var findings = new List<Finding>();
        if (arguments.GetValue(_image) is { } image)
        {
            using FileStream disk = File.OpenRead(image);
            if (DiskReader.Open(disk, BlockDevice.LengthOf(disk, Context.SystemRoot), findings) is { } files)
            {
                Check(files, isRemovable: true, findings);
            }
        }
        else
        {
            string folder = arguments.GetRequiredValue(_esp)!;
            if (!Directory.Exists(folder))
            {
                throw new DirectoryNotFoundException($"{folder} is no folder");
            }

            Check(new FolderPartition(folder), isRemovable: false, findings);
        }

        Write(findings);
        int errors = findings.Count(finding => finding.Kind == FindingKind.Error);
        int warnings = findings.Count(finding => finding.Kind == FindingKind.Warning);
        Context.Log.LogInformation("{Errors} errors, {Warnings} warnings", errors, warnings);
        return errors == 0 ? ExitCode.Good : ExitCode.Bad;
    }

    private static void Check(IPartitionFiles files, bool isRemovable, List<Finding> findings)
    {
        // What else has to be looked at is one more line here.
        IPartitionCheck[] checks = [new ApplicationCheck(isRemovable), new ConfigCheck()];
        foreach (IPartitionCheck check in checks)
        {
            findings.AddRange(check.Run(files));
        }

        // What is missing has been said, and would only be said again.
        if (findings.All(finding => finding.Kind != FindingKind.Error))
        {
            findings.AddRange(new SignatureCheck().Run(files));
        }
    }

    private void Write(List<Finding> findings)
    {
        int width = findings.Max(finding => finding.Subject.Length);
        foreach (Finding finding in findings)
        {
            string kind = finding.Kind switch
            {
                FindingKind.Good => "ok",
                FindingKind.Warning => "warning",
                _ => "error",
            };
            Context.Output.WriteLine($"{kind,-7}  {finding.Subject.PadRight(width)}  {finding.Text}");
        }
    }
}
