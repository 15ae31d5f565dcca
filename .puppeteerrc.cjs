// The tests drive browsers that are installed on the machine; nothing is downloaded.
module.exports = { skipDownload: true };
