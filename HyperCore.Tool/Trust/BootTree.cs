using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using HyperCore.Core.Boot;
using HyperCore.Core.Config;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Trust;
using HyperCore.Tool.Disks;

namespace HyperCore.Tool.Trust;

/// <summary>A folder with what goes onto the partition, such as artifacts/esp.</summary>
internal sealed class BootTree : IPartitionFiles
{
    private readonly Dictionary<string, string> _files = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads the names of the files.</summary>
    /// <param name="folder">The root of the partition.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder, or no \EFI in it.</exception>
    public BootTree(string folder)
    {
        Folder = folder;
        if (!Directory.Exists(Path.Combine(folder, "EFI")))
        {
            throw new DirectoryNotFoundException($"{folder}: there is no folder EFI in it; expected the root of a partition, such as artifacts/esp");
        }

        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            string path = "\\" + Path.GetRelativePath(folder, file).Replace('/', '\\');
            if (!_files.TryAdd(path, file))
            {
                throw new InvalidDataException($"{file}: FAT does not tell it from {_files[path]}");
            }
        }
    }

    /// <summary>The root of the partition.</summary>
    public string Folder { get; }

    /// <summary>The images of HyperCore that are there.</summary>
    public IEnumerable<string> Images => new[] { PartitionPaths.Removable, PartitionPaths.Application }.Where(_files.ContainsKey);

    /// <summary>What belongs into the manifest: everything but images, which Secure Boot covers, hidden files, and the manifest itself.</summary>
    public IEnumerable<string> Covered => _files.Keys
        .Where(path => !path.EndsWith(".efi", StringComparison.OrdinalIgnoreCase)
            && !path.Contains("\\.", StringComparison.Ordinal)
            && !FilePath.IsSame(path, BootPath.Manifest)
            && !FilePath.IsSame(path, BootPath.Signature))
        .Order(StringComparer.Ordinal);

    /// <summary>The file behind a path on the partition.</summary>
    /// <returns>Null when there is none.</returns>
    public string? Find(string path) => _files.GetValueOrDefault(path.Replace('/', '\\'));

    /// <inheritdoc/>
    public long? Length(string path) => Find(path) is { } file ? new FileInfo(file).Length : null;

    /// <inheritdoc/>
    public byte[] Read(string path, int limit)
    {
        string file = Find(path) ?? throw new InvalidDataException($"{Folder}: there is no {path}");
        return Length(path) <= limit ? File.ReadAllBytes(file) : throw new InvalidDataException($"{file} has more than {limit} bytes");
    }

    /// <summary>The content of a file.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public byte[] Read(string path) => File.ReadAllBytes(Find(path) ?? throw new FileNotFoundException($"{Folder}: there is no {path}"));

    /// <summary>Where a file is, or would be.</summary>
    public string Place(string path) => Find(path) ?? Path.Combine(Folder, path.TrimStart('\\').Replace('\\', Path.DirectorySeparatorChar));

    /// <summary>The configuration on a partition.</summary>
    /// <exception cref="InvalidDataException">It has errors.</exception>
    public static HyperCoreConfig ReadConfiguration(IPartitionFiles files)
    {
        var config = new HyperCoreConfig();
        var diagnostics = new ConfigDiagnostics(BootPath.Configuration);
        if (ConfigParser.Parse(files.Read(BootPath.Configuration, Array.MaxLength), config, diagnostics))
        {
            return config;
        }

        var text = new TextBuilder(new char[1024]);
        diagnostics.Write(diagnostics.Errors[0], ref text);
        throw new InvalidDataException(text.Text.ToString());
    }
}
