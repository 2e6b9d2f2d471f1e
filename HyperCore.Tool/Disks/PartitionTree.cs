using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace HyperCore.Tool.Disks;

/// <summary>All files and folders that go onto a partition.</summary>
internal sealed class PartitionTree
{
    /// <summary>The longest file that FAT can hold.</summary>
    public const long MaxFile = uint.MaxValue;

    /// <summary>The root folder.</summary>
    public PartitionNode Root { get; } = new("", null, 0);

    /// <summary>All files with their paths, <c>/EFI/BOOT/BOOTX64.EFI</c>.</summary>
    public IEnumerable<(string Path, PartitionNode Node)> Files => All(Root, "").Where(entry => !entry.Node.IsFolder);

    /// <summary>Adds what is in a folder; names that begin with a dot are left out.</summary>
    /// <exception cref="InvalidDataException">A name is none on FAT, or two differ in capitals only.</exception>
    public void AddFolder(string folder) => AddFolder(new DirectoryInfo(folder), Root, "");

    /// <summary>Adds a file, in place of one that is there.</summary>
    /// <param name="path">Its path on the partition, with / or \.</param>
    /// <param name="source">The file with the content.</param>
    /// <exception cref="InvalidDataException">The path is none on FAT, or the file is too large for it.</exception>
    public void AddFile(string path, string source)
    {
        string[] names = path.Split('/', '\\').Where(name => name.Length > 0).ToArray();
        if (names.Length == 0)
        {
            throw new InvalidDataException($"'{path}' names no file on the partition");
        }

        PartitionNode folder = Root;
        foreach (string name in names[..^1])
        {
            folder = GetFolder(folder, name, path);
        }

        if (folder.Children.TryGetValue(names[^1], out PartitionNode? old) && old.IsFolder)
        {
            throw new InvalidDataException($"{path} is a folder and a file");
        }

        folder.Children[names[^1]] = NewFile(names[^1], new FileInfo(source), path);
    }

    private static void AddFolder(DirectoryInfo source, PartitionNode folder, string path)
    {
        foreach (FileSystemInfo entry in source.EnumerateFileSystemInfos().Where(entry => !entry.Name.StartsWith('.')))
        {
            string child = $"{path}/{entry.Name}";
            if (entry is DirectoryInfo directory)
            {
                if (directory.LinkTarget != null)
                {
                    throw new InvalidDataException($"{directory.FullName} is a symbolic link to a folder; put the folder itself there");
                }

                AddFolder(directory, GetFolder(folder, entry.Name, child), child);
            }
            else if (!folder.Children.TryAdd(entry.Name, NewFile(entry.Name, (FileInfo)entry, child)))
            {
                throw new InvalidDataException($"{child} is there twice, in capital and in small letters, which FAT does not tell apart");
            }
        }
    }

    private static PartitionNode GetFolder(PartitionNode parent, string name, string path)
    {
        if (!parent.Children.TryGetValue(name, out PartitionNode? folder))
        {
            FatName.Check(name, path);
            folder = new PartitionNode(name, null, 0);
            parent.Children.Add(name, folder);
        }

        return folder.IsFolder ? folder : throw new InvalidDataException($"{path}: {name} is a folder and a file");
    }

    private static PartitionNode NewFile(string name, FileInfo source, string path)
    {
        FatName.Check(name, path);
        FileInfo content = source.LinkTarget == null ? source : source.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? source;
        long length = content.Exists ? content.Length : throw new FileNotFoundException($"{source.FullName} does not exist or is no file");
        return length <= MaxFile ? new PartitionNode(name, content.FullName, length) : throw new InvalidDataException($"{path} has {length} bytes; FAT holds files of less than 4 GiB");
    }

    private static IEnumerable<(string Path, PartitionNode Node)> All(PartitionNode folder, string path)
    {
        foreach (PartitionNode child in folder.Children.Values)
        {
            string childPath = $"{path}/{child.Name}";
            yield return (childPath, child);
            foreach ((string Path, PartitionNode Node) inner in All(child, childPath))
            {
                yield return inner;
            }
        }
    }
}
