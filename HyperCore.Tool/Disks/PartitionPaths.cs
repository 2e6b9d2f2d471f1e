namespace HyperCore.Tool.Disks;

/// <summary>Where HyperCore's files are on a partition.</summary>
internal static class PartitionPaths
{
    /// <summary>What the firmware starts from removable media.</summary>
    public const string Removable = @"\EFI\BOOT\BOOTX64.EFI";

    /// <summary>HyperCore's folder.</summary>
    public const string Folder = @"\EFI\HyperCore";

    /// <summary>What boot entries name.</summary>
    public const string Application = Folder + @"\HyperCore.efi";

    /// <summary>The configuration.</summary>
    public const string Config = Folder + @"\hypercore.conf";
}
