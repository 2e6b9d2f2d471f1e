using HyperCore.Tool.Disks;

namespace HyperCore.Tool.Firmware;

/// <summary>An EFI system partition that is mounted.</summary>
/// <param name="Folder">Where it is mounted.</param>
/// <param name="Device">The partition's device; null when the folder is no mount point.</param>
/// <param name="Partition">What the disk's GPT says about it; null when that is not known.</param>
/// <param name="WhyUnknown">Why that is not known, in plain words.</param>
internal sealed record EspLocation(string Folder, string? Device, GuidPartition? Partition, string? WhyUnknown);
