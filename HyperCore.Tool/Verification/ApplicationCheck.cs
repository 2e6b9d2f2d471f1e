using System;
using System.Collections.Generic;
using System.IO;
using HyperCore.Tool.Disks;

namespace HyperCore.Tool.Verification;

/// <summary>The UEFI application is there, whole, and the same under both of its names.</summary>
/// <param name="isRemovable">The partition is on a stick, where firmware looks for \EFI\BOOT\BOOTX64.EFI alone.</param>
internal sealed class ApplicationCheck(bool isRemovable) : IPartitionCheck
{
    private const int MaxApplication = 64 << 20;

    /// <inheritdoc/>
    public IEnumerable<Finding> Run(IPartitionFiles files)
    {
        Finding removable = Check(files, PartitionPaths.Removable, isRemovable, out byte[]? removableBytes);
        Finding application = Check(files, PartitionPaths.Application, !isRemovable, out byte[]? applicationBytes);
        yield return removable;
        yield return application;
        if (isRemovable && removableBytes != null && applicationBytes != null && !removableBytes.AsSpan().SequenceEqual(applicationBytes))
        {
            yield return new Finding(FindingKind.Warning, PartitionPaths.Application, $"differs from {PartitionPaths.Removable}: two builds?");
        }
    }

    private static Finding Check(IPartitionFiles files, string path, bool isRequired, out byte[]? bytes)
    {
        bytes = null;
        try
        {
            if (files.Length(path) is not { } length)
            {
                return isRequired
                    ? new Finding(FindingKind.Error, path, "is missing")
                    : new Finding(FindingKind.Good, path, "is not there, and not needed");
            }

            bytes = files.Read(path, MaxApplication);
            string? problem = EfiApplication.FindProblem(bytes);
            return problem != null && isRequired ? new Finding(FindingKind.Error, path, problem)
                : problem != null ? new Finding(FindingKind.Warning, path, problem)
                : new Finding(FindingKind.Good, path, $"UEFI application, {length} bytes");
        }
        catch (InvalidDataException e)
        {
            return new Finding(FindingKind.Error, path, e.Message);
        }
    }
}
