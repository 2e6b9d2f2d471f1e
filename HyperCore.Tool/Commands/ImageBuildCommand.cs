using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using HyperCore.Tool.Disks;
using HyperCore.Tool.Firmware;
using Microsoft.Extensions.Logging;

namespace HyperCore.Tool.Commands;

/// <summary><c>image build</c>: what goes onto a stick or into a flash, as an image, a folder or a firmware volume.</summary>
internal sealed class ImageBuildCommand : ToolCommand
{
    private readonly Option<string?> _tree = new("--tree") { HelpName = "DIR", Description = "A folder with everything that goes to the partition's root." };
    private readonly Option<string?> _efi = new("--efi") { HelpName = "FILE", Description = @"HyperCore.efi: it goes to \EFI\BOOT\BOOTX64.EFI and to \EFI\HyperCore\HyperCore.efi." };
    private readonly Option<string?> _config = new("--config") { HelpName = "FILE", Description = @"The configuration: it goes to \EFI\HyperCore\hypercore.conf." };
    private readonly Option<string[]> _add = new("--add") { HelpName = "PATH=FILE", Description = @"A file and its path on the partition, such as \EFI\HyperCore\mail\vmlinuz=vmlinuz. May be given again." };
    private readonly Option<string?> _output = new("--output", "-o") { HelpName = "FILE", Description = "The image to write: GPT and a FAT32 EFI system partition, ready for dd." };
    private readonly Option<string?> _esp = new("--esp") { HelpName = "DIR", Description = "The folder to make: the same files, for a partition that is there already. Files that are in it and not named stay." };
    private readonly Option<string?> _volume = new("--volume") { HelpName = "FILE", Description = "The firmware volume to write (UEFI PI 1.7), for a machine's own flash: HyperCore.efi is an application in it, every other file is found by its path." };
    private readonly Option<long?> _size = new("--size") { HelpName = "SIZE", Description = "The image's size with K, M or G, rounded up to 504 KiB. Default: what the files need, at least 136 MiB.", CustomParser = SizeArgument.Parse };
    private readonly Option<string> _label = new("--label") { HelpName = "NAME", Description = "The volume's label, up to 11 characters.", DefaultValueFactory = _ => "HyperCore" };
    private readonly Option<Guid?> _guid = new("--guid") { HelpName = "GUID", Description = "The partition's GUID, for boot entries that have to stay good. Default: made of the content." };

    /// <summary>Creates the command.</summary>
    public ImageBuildCommand(ToolContext context)
        : base(context, "build", "Makes the image of a USB stick, the folder that belongs onto an EFI system partition, or a firmware volume. The same files give the same image, bit for bit; all times in it are SOURCE_DATE_EPOCH, or 1980. Names that begin with a dot are left out.")
    {
        Options.Add(_tree);
        Options.Add(_efi);
        Options.Add(_config);
        Options.Add(_add);
        Options.Add(_output);
        Options.Add(_esp);
        Options.Add(_volume);
        Options.Add(_size);
        Options.Add(_label);
        Options.Add(_guid);
        _label.Validators.Add(result =>
        {
            string label = result.GetValueOrDefault<string>();
            if (label.Length is 0 or > FatName.ShortLength || !label.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or ' ') || label.Trim() != label)
            {
                result.AddError("--label: expected 1 to 11 letters, digits, -, _ and blanks");
            }
        });
        Validators.Add(result =>
        {
            if (result.GetValue(_output) == null && result.GetValue(_esp) == null && result.GetValue(_volume) == null)
            {
                result.AddError("image build: expected --output FILE, --esp DIR or --volume FILE");
            }

            if (result.GetValue(_tree) == null && result.GetValue(_efi) == null)
            {
                result.AddError("image build: expected --tree DIR or --efi FILE");
            }
        });
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Call, string Purpose)> Examples =>
    [
        ("hypercore image build --tree artifacts/esp --output hypercore-usb.img", "What scripts/build.sh does. Then: sudo dd if=hypercore-usb.img of=/dev/sdX bs=4M conv=fsync"),
        (@"hypercore image build --efi HyperCore.efi --config my.conf --add '\EFI\HyperCore\vmlinuz=/boot/vmlinuz' -o my.img", "An image of single files."),
        ("hypercore image build --tree artifacts/esp --config my.conf --esp /media/me/STICK", "Onto a stick that has a FAT32 partition already, with another configuration."),
        ("hypercore image build --efi HyperCore.efi --config my.conf --volume hypercore.fv", "For the flash; docs/media.md says how it gets there."),
    ];

    /// <inheritdoc/>
    protected override ExitCode Run(ParseResult arguments)
    {
        PartitionTree tree = ReadTree(arguments);
        if (arguments.GetValue(_output) is { } output)
        {
            if (output.StartsWith("/dev/", StringComparison.Ordinal))
            {
                throw new UsageException($"{output} is a device; write the image to a file, and copy that with dd");
            }

            var image = new UsbImage { Label = arguments.GetRequiredValue(_label), Time = Time(), Size = arguments.GetValue(_size), PartitionId = arguments.GetValue(_guid) };
            long size = 0;
            Context.Progress.Run("writing the image", progress => size = image.Write(output, tree, progress));
            Context.Log.LogInformation("{Image}: {Size} KiB, {Files} files", output, size / 1024, tree.Files.Count());
        }

        if (arguments.GetValue(_esp) is { } folder)
        {
            int written = 0;
            Context.Progress.Run("copying", progress => written = FolderWriter.Write(folder, tree.Files.ToList(), progress));
            Context.Log.LogInformation("{Folder}: {Written} of {Files} files written, the others were the same", folder, written, tree.Files.Count());
        }

        if (arguments.GetValue(_volume) is { } volume)
        {
            long size = 0;
            Context.Progress.Run("writing the volume", progress => size = FirmwareVolume.Write(volume, tree, progress));
            Context.Log.LogInformation("{Volume}: {Size} KiB", volume, size / 1024);
        }

        return ExitCode.Good;
    }

    private PartitionTree ReadTree(ParseResult arguments)
    {
        var tree = new PartitionTree();
        if (arguments.GetValue(_tree) is { } folder)
        {
            tree.AddFolder(folder);
        }

        if (arguments.GetValue(_efi) is { } efi)
        {
            tree.AddFile(PartitionPaths.Removable, efi);
            tree.AddFile(PartitionPaths.Application, efi);
        }

        if (arguments.GetValue(_config) is { } config)
        {
            tree.AddFile(PartitionPaths.Config, config);
        }

        foreach (string addition in arguments.GetValue(_add) ?? [])
        {
            int split = addition.IndexOf('=', StringComparison.Ordinal);
            if (split <= 0)
            {
                throw new UsageException($"--add {addition}: expected PATH=FILE");
            }

            tree.AddFile(addition[..split], addition[(split + 1)..]);
        }

        return tree;
    }

    // https://reproducible-builds.org/docs/source-date-epoch: seconds since 1970, which FAT can tell from 1980 to 2107.
    private DateTime Time()
    {
        var earliest = new DateTime(1980, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        if (Context.Environment("SOURCE_DATE_EPOCH") is not { Length: > 0 } text)
        {
            return earliest;
        }

        var latest = new DateTime(2107, 12, 31, 23, 59, 58, DateTimeKind.Utc);
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) || seconds > new DateTimeOffset(latest).ToUnixTimeSeconds())
        {
            throw new UsageException($"SOURCE_DATE_EPOCH={text}: expected seconds since 1970, up to the year 2107");
        }

        DateTime time = DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime;
        return time < earliest ? earliest : time;
    }
}
