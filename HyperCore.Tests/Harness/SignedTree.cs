using System;
using System.IO;
using System.Linq;
using HyperCore.Tool.Trust;

namespace HyperCore.Tests.Harness;

/// <summary>
/// A small tree for the partition, keys made for this run, and everything signed with them: by the classes of the command line, as a user would.
/// Deleted when disposed.
/// </summary>
internal sealed class SignedTree : IDisposable
{
    /// <summary>Where HyperCore looks for the manifest.</summary>
    public const string ManifestPath = "/EFI/HyperCore/manifest";

    /// <summary>The image that firmware finds by itself.</summary>
    public const string BootImagePath = "/EFI/BOOT/BOOTX64.EFI";

    private const string ConfigurationPath = "/EFI/HyperCore/hypercore.conf";
    private const string SignaturePath = "/EFI/HyperCore/manifest.sig";

    private readonly string _work = Directory.CreateTempSubdirectory("hypercore-trust-").FullName;
    private readonly string[] _files;

    /// <summary>Makes keys and a tree, and signs it.</summary>
    /// <param name="config">The text of hypercore.conf.</param>
    /// <param name="files">Paths on the partition of files of the built tree.</param>
    public SignedTree(string config, params string[] files)
    {
        _files = [.. files.Select(file => file.Replace('\\', '/'))];
        string built = Path.Combine(Repository.Artifacts, "esp");
        foreach (string file in _files.Prepend(BootImagePath))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Folder + file)!);
            File.Copy(built + file, Folder + file);
        }

        Directory.CreateDirectory(Folder + "/EFI/HyperCore");
        File.WriteAllText(Folder + ConfigurationPath, config);
        new KeyFolder(Keys).Create();
        new TreeSigner(Folder, new KeyFolder(Keys)).Sign();
    }

    /// <summary>The root of the partition.</summary>
    public string Folder => Path.Combine(_work, "tree");

    /// <summary>What <c>hypercore key new</c> made.</summary>
    public string Keys => Path.Combine(_work, "keys");

    /// <summary>A machine that takes images signed with these keys only.</summary>
    /// <param name="arguments">More arguments for QEMU.</param>
    public MachineOptions SecureMachine(params string[] arguments)
    {
        string variables = Path.Combine(_work, "vars.fd");
        FirmwareVariableStore.Write(Qemu.FirmwareVariables, Keys, variables);
        return new MachineOptions { SecureBootVariables = variables, Arguments = arguments };
    }

    /// <summary>A stick with the tree as it is now.</summary>
    public Esp ToEsp() => Esp.With(
        File.ReadAllText(Folder + ConfigurationPath),
        [.. _files.Append(BootImagePath).Append(ManifestPath).Append(SignaturePath).Select(file => (file, Folder + file))]);

    /// <summary>A copy of a file of the tree in which one bit is turned.</summary>
    public string Changed(string path)
    {
        string copy = Path.Combine(_work, Guid.NewGuid().ToString("n"));
        byte[] bytes = File.ReadAllBytes(Folder + path.Replace('\\', '/'));
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(copy, bytes);
        return copy;
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_work, recursive: true);
}
